import {
  AttestationError,
  namesRun,
  readRun,
  readSignedParts,
  type SignedPart,
  type TektonRun,
  verifyPartAsBundle,
  verifySignedPart,
} from '@keelson/attestation';
import { isKeelsonError, isObject, type JsonValue, parseJsonBytes } from '@keelson/core';
import { terminalSafe } from '@keelson/report';
import {
  artifactOfDigest,
  type BundleRequirements,
  readSimpleSigning,
  readStatementHeader,
  type StatementHeader,
  subjectsOf,
  type VerifiedBundle,
} from '@keelson/signing';
import { parseYaml } from '@keelson/yaml';
import { CommandError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { readInput, textIn } from '../input.ts';
import { demandApart } from '../outputs.ts';
import { signerFlags, signerHelp, signerOf } from '../signer-flags.ts';
import { bundleJson, keyJson, keyLines, signatureLines } from '../verdict-text.ts';
import { evidenceFlags, evidenceHelp, evidenceOf } from './evidence.ts';
import { type Judged, judged, judgedAlone, toldOfAll } from './judged.ts';
import { formatOf, type Told, tellVerdict, wayFlags, wayHelp } from './way.ts';

const flags = {
  ...wayFlags,
  ...signerFlags,
  ...evidenceFlags,
  offline: { type: 'boolean' },
  'subject-digest': { type: 'string', multiple: true, value: 'text' },
  'print-provenance': { type: 'boolean' },
} as const;

const help = `keelson verify --with tekton: tell whether what Tekton Chains signed about runs is of the signer that is asked for

Usage: keelson verify --with tekton [options] FILE

FILE holds TaskRuns or PipelineRuns as the cluster has them, in YAML or JSON (kubectl get taskrun NAME -o yaml), or - for stdin. Every
signature that Chains wrote on a run, in its annotations, must hold and belong to the run. A run keeps no entry of a log and no timestamp:
--insecure-ignore-tlog says that none is asked for, and a certificate must be valid now. What Chains keeps beside images is verified as what
cosign signs: keelson verify --type slsaprovenance IMAGE.

  --subject-digest DIGEST
                       an artifact that a statement on one of the runs must be about, as sha256:HEX; may be given more than once
${signerHelp}
${evidenceHelp}
  --offline            ask the network for nothing
  --print-provenance   print the statements that were verified, one on a line, and the verdict on stderr
${wayHelp}

Exit: 0 verified, 1 not verified, 2 wrong call, 4 the repository of --tuf-mirror failed.

Example:
  kubectl get taskrun build -o yaml | keelson verify --with tekton --key cosign.pub --insecure-ignore-tlog -
`;

type Values = Parameters<Parameters<typeof defineVerb<typeof flags>>[1]>[0]['values'];

/** What holds of what Chains wrote on a run: a statement, or the signature of an image. */
interface Verified {
  readonly content:
    | {
        readonly kind: 'statement';
        readonly header: StatementHeader | undefined;
        readonly value: JsonValue;
        /** False where nothing that is signed says of which run it is. */
        readonly namesRun: boolean;
      }
    | { readonly kind: 'image'; readonly digest: string }
    /** An artifact that was asked for, by a statement about it. */
    | { readonly kind: 'subject'; readonly statement: string };
  /** Undefined where a key vouches for it without anything else. */
  readonly signature?: VerifiedBundle;
}

/** `keelson verify --with tekton`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    formatOf(values, values['print-provenance'] === true ? 'print-provenance' : undefined);
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0)
      throw new CommandError('USAGE', 'name one file of runs, or - for stdin');
    demandApart([values.output], [file, values.key, values['trusted-root'], values['tuf-root']]);
    return tellVerdict(values, await verifyRuns(file, values));
  },
);

async function verifyRuns(file: string, values: Values): Promise<Told> {
  const wanted = (values['subject-digest'] ?? []).map((digest) => ({
    digest,
    artifact: artifactOfDigest(digest),
  }));
  const signer = await signerOf(values);
  const requirements = { signer, ...(await evidenceOf(values, signer.kind === 'key')) };
  const runs = runsIn(file).map((each) => verifyRun(each, requirements));
  const statements = runs.flatMap(({ isVerified, accepted }) => (isVerified ? accepted : []));
  const artifacts = wanted.map(({ digest, artifact }) =>
    judgedAlone<Verified>({ name: digest }, file, () => {
      const found = statements.find(
        ({ verified: { content } }) =>
          content.kind === 'statement' &&
          content.header !== undefined &&
          subjectsOf(content.header, artifact).length > 0,
      );
      if (found !== undefined) return { content: { kind: 'subject', statement: found.place } };
      throw new AttestationError('SUBJECT_MISMATCH', 'no statement that holds is about it');
    }),
  );
  const isAsked = artifacts.length > 0;
  return toldOfAll([...runs, ...artifacts], {
    what: 'signature',
    linesOf: (verified) => linesOf(verified, isAsked),
    jsonOf,
    prints: values['print-provenance'] === true,
    statementOf: ({ content }) => (content.kind === 'statement' ? content.value : undefined),
  });
}

/** Every signature of a run must hold: of one that does not, nobody knows what it was to say. */
function verifyRun(object: JsonValue, requirements: BundleRequirements): Judged<Verified> {
  let read: TektonRun;
  let parts: readonly SignedPart[];
  try {
    read = readRun(object);
    parts = readSignedParts(read);
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    const fault = error;
    return judgedAlone<Verified>({ name: nameOf(object) }, 'annotations', () => {
      throw fault;
    });
  }
  const found = parts.map((part) => ({ place: part.key, item: part }));
  const verdict = judged({ name: nameOf(object) }, { found, unreadable: [], leftOut: [] }, (part) =>
    verifyPart(read, part, requirements),
  );
  return { ...verdict, isVerified: verdict.isVerified && verdict.refused.length === 0 };
}

function verifyPart(read: TektonRun, part: SignedPart, requirements: BundleRequirements): Verified {
  const { signer, logEntries, timestamps } = requirements;
  if (signer.kind === 'key' && part.certificate === '' && logEntries + timestamps === 0)
    return { content: contentOf(read, part, verifySignedPart(read, part, signer.key)) };
  const signature = verifyPartAsBundle(read, part, requirements);
  return { content: contentOf(read, part, part.payload), signature };
}

/** Only envelopes hold statements. */
function contentOf(run: TektonRun, { signature }: SignedPart, payload: Uint8Array): Verified['content'] {
  if (signature[0] !== 0x7b) return { kind: 'image', digest: readSimpleSigning(payload).digest };
  const value = parseJsonBytes(payload);
  return { kind: 'statement', header: headerOf(payload), value, namesRun: namesRun(value, run) };
}

/** Undefined for a statement about nothing, which Chains writes where a run has built nothing that it knows. */
function headerOf(payload: Uint8Array): StatementHeader | undefined {
  try {
    return readStatementHeader(payload);
  } catch (error) {
    if (isKeelsonError(error)) return undefined;
    throw error;
  }
}

/** The runs of all documents, those of lists too. */
function runsIn(file: string): readonly JsonValue[] {
  const { documents, errors } = parseYaml(textIn(file, readInput(file)));
  const [error] = errors;
  if (error !== undefined) throw new CommandError('USAGE', `${file}: ${error.message}`, { cause: error });
  // Which of two signatures of one name is meant nobody can say.
  if (documents.some(({ duplicates }) => duplicates.length > 0))
    throw new CommandError('USAGE', `${file}: a field stands twice in one object`);
  const objects = documents.flatMap(({ value }) => {
    if (value === undefined || value === null) return [];
    return isObject(value) && value['kind'] === 'List' && Array.isArray(value['items'])
      ? value['items']
      : [value];
  });
  if (objects.length === 0) throw new CommandError('USAGE', `${file} holds no run`);
  return objects;
}

function nameOf(object: JsonValue): string {
  const metadata = isObject(object) ? object['metadata'] : undefined;
  const [kind, namespace, name] = [
    isObject(object) ? object['kind'] : undefined,
    isObject(metadata) ? metadata['namespace'] : undefined,
    isObject(metadata) ? metadata['name'] : undefined,
  ].map((part) => (typeof part === 'string' ? part : undefined));
  return `${kind ?? 'object'} ${namespace === undefined ? '' : `${namespace}/`}${name ?? 'without a name'}`;
}

const withoutRun = 'that it is of this run, and not copied from another: the statement names none';

function linesOf({ content, signature }: Verified, isAsked: boolean): readonly string[] {
  if (content.kind === 'subject') return [`by the statement ${terminalSafe(content.statement)}`];
  const by = signature === undefined ? keyLines : signatureLines(signature).map((line) => line.trimStart());
  if (content.kind === 'image') return [`image ${terminalSafe(content.digest)}`, ...by];
  const { header } = content;
  const untold = content.namesRun ? [] : [`not checked: ${withoutRun}`];
  if (header === undefined) return ['a statement about nothing', ...by, ...untold];
  const subjects = header.subjects.map(({ name = '', digest }) => {
    const [[algorithm, hex] = ['', '']] = digest;
    return `about ${terminalSafe(`${name}@${algorithm}:${hex}`)}`;
  });
  return [
    `statement of type ${terminalSafe(header.predicateType)}`,
    ...subjects,
    ...by,
    ...untold,
    ...(isAsked ? [] : ['not checked: of which artifacts, since none is asked for']),
  ];
}

function jsonOf({ content, signature }: Verified) {
  if (content.kind === 'subject') return { statedBy: content.statement };
  return {
    ...(content.kind === 'image'
      ? { image: content.digest }
      : {
          predicateType: content.header?.predicateType,
          subjects: content.header?.subjects.map(({ name, digest }) => ({
            name,
            digest: Object.fromEntries(digest),
          })),
          ...(content.namesRun ? {} : { notChecked: [withoutRun] }),
        }),
    ...(signature === undefined ? keyJson : bundleJson(signature)),
  };
}
