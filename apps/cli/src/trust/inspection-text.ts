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
  const root = `${terminalSafe(name)}\n${inspection.digest} ${terminalSafe(inspection.mediaType)}\n`;
  if (nodes.length === 0) return `${root}nothing refers to it\n`;
  return `${root}${linesOf(nodes, '').join('\n')}\n`;
}

function node(line: string, below: readonly Node[] = []): Node {
  return { line, below };
}

function signatureNode(signature: InspectedSignature): Node {
  const { kind, manifest, form, predicateType, annotations, subjects, issuer, certificateValidity } =
    signature;
  const by =
    subjects === undefined
      ? 'by a key'
      : `by ${terminalSafe(subjects.join(', '))}${issuer === undefined ? '' : `, says ${terminalSafe(issuer)}`}`;
  const lines = [
    ...(predicateType === undefined ? [] : [`type ${terminalSafe(predicateType)}`]),
    ...Object.entries(annotations ?? {}).map(([key, value]) => terminalSafe(`${key}=${value}`)),
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

function notaryNode(signature: InspectedNotarySignature): Node {
  const { manifest, form, subjects, certificateIssuer, certificateValidity, target, annotations } = signature;
  const { scheme, signingTime, expiry, timestamps } = signature;
  const lines = [
    ...Object.entries(annotations).map(([key, value]) => terminalSafe(`${key}=${value}`)),
    `by ${terminalSafe(subjects.join(', '))}, issued by ${terminalSafe(certificateIssuer)}`,
    `certificate ${certificateValidity.join(' to ')}`,
    `signed ${signingTime}, as the signer says (${scheme})`,
    ...(expiry === undefined ? [] : [`expires ${expiry}`]),
    ...(timestamps === 0 ? [] : [`timestamps: ${timestamps}`]),
    `of ${target.digest} ${terminalSafe(target.mediaType)}, ${target.size} bytes`,
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
      return `refused: ${terminalSafe(verified.reason)} [${verified.code}]`;
    case 'not-verified':
      return `not verified: ${terminalSafe(verified.reason)}`;
  }
}

function referrerNode({ manifest, artifactType, size, referrers, unreadable }: InspectedReferrer): Node {
  return node(`${terminalSafe(artifactType)} ${manifest} (manifest of ${size} bytes, not verified)`, [
    ...referrers.map(referrerNode),
    ...unreadable.map(unreadableNode),
  ]);
}

function unreadableNode({ manifest, reason }: Unreadable): Node {
  if (manifest === undefined) return node(terminalSafe(reason));
  return node(`unreadable ${manifest}`, [node(terminalSafe(reason))]);
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
