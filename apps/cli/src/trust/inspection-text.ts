import { terminalSafe } from '@keelson/report';
import type {
  InspectedReferrer,
  InspectedSignature,
  Inspection,
  Unreadable,
  Verification,
} from './inspection.ts';
import type { InspectedNotarySignature } from './inspection-notary.ts';

/** A line of the tree with what hangs from it. */
interface Node {
  readonly line: string;
  readonly below: readonly Node[];
}

/** The tree of what stands beside an image. */
export function inspectionText(name: string, inspection: Inspection): string {
  const nodes = [
    ...inspection.signatures.map((each) => ('scheme' in each ? notaryNode(each) : signatureNode(each))),
    ...inspection.unreadable.map(unreadableNode),
    ...inspection.referrers.map(referrerNode),
  ];
  const root = `${terminalSafe(name)}\n${inspection.digest} ${shown(inspection.mediaType)}\n`;
  if (nodes.length === 0) return `${root}nothing refers to it\n`;
  return `${root}${linesOf(nodes, '').join('\n')}\n`;
}

/** What strangers wrote, as much of it as a line takes: the JSON form has all. */
const maxShown = 500;
const maxAnnotations = 50;

function shown(text: string): string {
  return terminalSafe(text.length > maxShown ? `${text.slice(0, maxShown)}…` : text);
}

function annotationLines(annotations: Readonly<Record<string, string>>): readonly string[] {
  const entries = Object.entries(annotations);
  const lines = entries.slice(0, maxAnnotations).map(([key, value]) => shown(`${key}=${value}`));
  return entries.length > maxAnnotations
    ? [...lines, `and ${entries.length - maxAnnotations} more annotations`]
    : lines;
}

function node(line: string, below: readonly Node[] = []): Node {
  return { line, below };
}

function signatureNode(signature: InspectedSignature): Node {
  const { kind, manifest, form, predicateType, annotations, ofOthers } = signature;
  const { subjects, issuer, certificateValidity } = signature;
  const by =
    subjects === undefined
      ? 'by a key'
      : `by ${shown(subjects.join(', '))}${issuer === undefined ? '' : `, says ${shown(issuer)}`}`;
  const lines = [
    ...(predicateType === undefined ? [] : [`type ${shown(predicateType)}`]),
    ...(ofOthers === undefined ? [] : [othersLine(ofOthers)]),
    ...annotationLines(annotations ?? {}),
    by,
    ...(certificateValidity === undefined ? [] : [`certificate ${certificateValidity.join(' to ')}`]),
    ...signature.logEntries.map(({ logIndex, time }) =>
      time === undefined ? `log entry ${logIndex}` : `log entry ${logIndex} of ${time}`,
    ),
    ...(signature.timestamps === 0 ? [] : [`timestamps: ${signature.timestamps}`]),
    verifiedLine(signature),
  ];
  return node(
    `${kind} ${manifest} (${form})`,
    lines.map((line) => node(line)),
  );
}

/** The first of what may be many. */
function othersLine(digests: readonly string[]): string {
  const more = digests.length > 3 ? ` and ${digests.length - 3} more` : '';
  return digests.length === 0
    ? 'of nothing'
    : `not of this image, but of ${shown(digests.slice(0, 3).join(', '))}${more}`;
}

function notaryNode(signature: InspectedNotarySignature): Node {
  const { manifest, form, subjects, certificateIssuer, certificateValidity, target, annotations } = signature;
  const { scheme, signingTime, expiry, timestamps } = signature;
  const lines = [
    ...annotationLines(annotations),
    `by ${shown(subjects.join(', '))}, issued by ${shown(certificateIssuer)}`,
    `certificate ${certificateValidity.join(' to ')}`,
    `signed ${signingTime}, as the signer says (${scheme})`,
    ...(expiry === undefined ? [] : [`expires ${expiry}`]),
    ...(timestamps === 0 ? [] : [`timestamps: ${timestamps}`]),
    `of ${target.digest} ${shown(target.mediaType)}, ${target.size} bytes`,
    verifiedLine(signature),
  ];
  return node(
    `signature ${manifest} (notation, ${form})`,
    lines.map((line) => node(line)),
  );
}

function verifiedLine({ verified }: { readonly verified: Verification }): string {
  switch (verified.state) {
    case 'holds':
      return `holds, signed ${verified.times.join(' and ')}; not verified: whether the signer is one to trust`;
    case 'refused':
      return `refused: ${shown(verified.reason)} [${verified.code}]`;
    case 'not-verified':
      return `not verified: ${shown(verified.reason)}`;
  }
}

function referrerNode({ manifest, artifactType, size, referrers, unreadable }: InspectedReferrer): Node {
  return node(`${shown(artifactType)} ${manifest} (manifest of ${size} bytes, not verified)`, [
    ...referrers.map(referrerNode),
    ...unreadable.map(unreadableNode),
  ]);
}

function unreadableNode({ manifest, reason }: Unreadable): Node {
  if (manifest === undefined) return node(shown(reason));
  return node(`unreadable ${manifest}`, [node(shown(reason))]);
}

function linesOf(nodes: readonly Node[], indent: string): string[] {
  return nodes.flatMap(({ line, below }, at) => {
    const isLast = at === nodes.length - 1;
    return [
      `${indent}${isLast ? '└─ ' : '├─ '}${line}`,
      ...linesOf(below, `${indent}${isLast ? '   ' : '│  '}`),
    ];
  });
}
