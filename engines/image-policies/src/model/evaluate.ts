import { createHash } from 'node:crypto';
import {
  isKeelsonError,
  type JsonObject,
  JsonSyntaxError,
  type JsonValue,
  objectOf,
  parseJsonBytes,
} from '@keelson/core';
import type { Digest } from '@keelson/oci';
import {
  type CertificateClaim,
  type ImageSignature,
  type RefusedSignature,
  type StoredSignature,
  type StoredSignatures,
  verifyStored,
} from '@keelson/signing';
import { ImagePolicyError } from '../errors.ts';
import type {
  AttestationDemand,
  Authority,
  ImagePolicy,
  SignedDemand,
  WholeRule,
  Workload,
} from './policy.ts';

/** An image that is to run, with what a registry keeps beside it. */
export interface ImageToJudge {
  /** As it is written where the image is run. */
  readonly name: string;
  readonly digest: Digest;
  readonly stored: StoredSignatures;
  /** What runs it, where that is known. */
  readonly workload?: Workload;
}

/** What became of one way to pass a policy. */
export interface AuthorityVerdict {
  readonly name: string;
  readonly isPassed: boolean;
  /** Passed without a signature. */
  readonly isStatic: boolean;
  readonly accepted: readonly ImageSignature[];
  /** Everything that looked like an answer and was none, with the reason. */
  readonly refused: readonly RefusedSignature[];
  /** Why it did not pass. */
  readonly fault?: Error;
}

export interface PolicyVerdict {
  readonly policy: ImagePolicy;
  readonly isPassed: boolean;
  readonly authorities: readonly AuthorityVerdict[];
  /** Why an authority was not enough. */
  readonly fault?: Error;
}

export interface AdmissionVerdict {
  /** True where at least one policy is about the image, and it passes all of them that are not for warning alone. */
  readonly isAdmitted: boolean;
  readonly policies: readonly PolicyVerdict[];
}

/** The verdict of all policies for one image: all that are about it count, and in each one authority is enough. No policy is no admission. */
export function admitImage(image: ImageToJudge, policies: readonly ImagePolicy[]): AdmissionVerdict {
  const verdicts = policies
    .filter((policy) => policy.isAbout(image.name, image.workload))
    .map((policy) => judgePolicy(image, policy));
  const isAdmitted =
    verdicts.length > 0 && verdicts.every(({ isPassed, policy }) => isPassed || policy.mode === 'warn');
  return { isAdmitted, policies: verdicts };
}

function judgePolicy(image: ImageToJudge, policy: ImagePolicy): PolicyVerdict {
  const judged = policy.authorities.map((authority) => judgeAuthority(image, authority));
  const authorities = judged.map(({ verdict }) => verdict);
  const passed = judged.filter(({ verdict }) => verdict.isPassed);
  if (passed.length === 0) return { policy, isPassed: false, authorities };
  const fault =
    policy.rule === undefined ? undefined : judgeWhole(policy.rule, passed.map(matchOf), image.workload);
  return fault === undefined
    ? { policy, isPassed: true, authorities }
    : { policy, isPassed: false, authorities, fault };
}

/** With the signatures that answer each attestation that is asked for. */
interface Judged {
  readonly verdict: AuthorityVerdict;
  readonly attestations: ReadonlyMap<string, readonly ImageSignature[]>;
}

function judgeAuthority(image: ImageToJudge, { name, demand }: Authority): Judged {
  const bare = { name, isStatic: false, accepted: [], refused: [] };
  const attestations = new Map<string, readonly ImageSignature[]>();
  switch (demand.kind) {
    case 'unsupported':
      return { verdict: { ...bare, isPassed: false, fault: demand.fault }, attestations };
    case 'static':
      return demand.passes
        ? { verdict: { ...bare, isPassed: true, isStatic: true }, attestations }
        : {
            verdict: {
              ...bare,
              isPassed: false,
              fault: refused(`disallowed by static policy: ${demand.message}`),
            },
            attestations,
          };
    case 'signed':
      return judgeSigned(image, name, demand);
  }
}

function judgeSigned(image: ImageToJudge, name: string, demand: SignedDemand): Judged {
  const { held, refused: faults } = heldSignatures(image, demand);
  if (demand.attestations.length === 0) {
    const isPassed = held.length > 0;
    const verdict = { name, isStatic: false, accepted: held, refused: faults };
    return {
      verdict: isPassed
        ? { ...verdict, isPassed }
        : { ...verdict, isPassed, fault: refused('no signature is by whom the authority names') },
      attestations: new Map(),
    };
  }
  const answers = new Map<string, readonly ImageSignature[]>();
  let fault: Error | undefined;
  for (const wanted of demand.attestations) {
    const found: ImageSignature[] = [];
    for (const signature of held) {
      if (signature.predicateType !== wanted.predicateType) continue;
      const reason = complaint(wanted, signature);
      if (reason === undefined) found.push(signature);
      else faults.push({ ...refusalOf(signature.stored), fault: reason });
    }
    answers.set(wanted.name, found);
    if (found.length === 0)
      fault ??= refused(`no attestation ${wanted.name} of type ${wanted.predicateType} passes`);
  }
  const types = new Set(demand.attestations.map(({ predicateType }) => predicateType));
  for (const { stored, predicateType = '' } of held)
    if (!types.has(predicateType))
      faults.push({ ...refusalOf(stored), fault: unwanted(`it is an attestation of type ${predicateType}`) });
  const accepted = [...new Set([...answers.values()].flat())];
  const verdict = { name, isStatic: false, accepted, refused: faults };
  return {
    verdict: fault === undefined ? { ...verdict, isPassed: true } : { ...verdict, isPassed: false, fault },
    attestations: answers,
  };
}

/** The signatures of the form and kind that is asked for which hold. */
function heldSignatures(image: ImageToJudge, demand: SignedDemand) {
  const held: ImageSignature[] = [];
  const faults: RefusedSignature[] = image.stored.unreadable.map(({ manifest, fault }) => ({
    manifest,
    fault,
  }));
  const wantsStatement = demand.attestations.length > 0;
  for (const stored of image.stored.found) {
    try {
      if (!demand.forms.has(stored.form))
        throw unwanted(
          `it is kept as ${stored.form}, and the authority takes ${[...demand.forms].join(', ')}`,
        );
      const signature = verifyStored(stored, image.digest, demand.requirements);
      const isStatement = signature.predicateType !== undefined;
      if (isStatement !== wantsStatement)
        throw unwanted(isStatement ? 'it is an attestation' : 'it is a signature, not an attestation');
      held.push(signature);
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      faults.push({ ...refusalOf(stored), fault: error });
    }
  }
  return { held, refused: faults };
}

const refusalOf = ({ manifest, form }: StoredSignature) => ({ manifest, form });

/** Why an attestation is not the one that is asked for; undefined where it is. */
function complaint({ rule }: AttestationDemand, { verified: { payload } }: ImageSignature) {
  if (rule === undefined) return undefined;
  try {
    return rule(payload === undefined ? null : parseJsonBytes(payload));
  } catch (error) {
    if (error instanceof JsonSyntaxError || isKeelsonError(error))
      return refused(`the statement cannot be judged: ${error.message}`, error);
    throw error;
  }
}

function judgeWhole(
  { judge, includes }: WholeRule,
  matches: readonly (readonly [string, JsonValue])[],
  workload: Workload | undefined,
): Error | undefined {
  if (includes.size > 0 && workload === undefined)
    return new ImagePolicyError(
      'IMAGE_POLICY_UNSUPPORTED',
      `the policy asks for ${[...includes].join(', ')} of what runs the image, which is not known: judge manifests`,
    );
  const { object } = workload ?? {};
  const about: [string, JsonValue][] = [];
  if (object !== undefined) {
    if (includes.has('spec')) about.push(['spec', object['spec'] ?? null]);
    if (includes.has('metadata')) about.push(['metadata', object['metadata'] ?? null]);
    if (includes.has('typemeta')) {
      const { kind, apiVersion } = object;
      about.push([
        'typemeta',
        objectOf([
          ['kind', kind ?? null],
          ['apiVersion', apiVersion ?? null],
        ]),
      ]);
    }
  }
  return judge(objectOf([['authorityMatches', objectOf([...matches])], ...about]));
}

/** What policies over all authorities see of one that passed, as policy-controller writes it. */
function matchOf({ verdict, attestations }: Judged): readonly [string, JsonValue] {
  const { name, isStatic, accepted } = verdict;
  if (isStatic) return [name, objectOf([['static', true]])];
  if (attestations.size === 0) return [name, objectOf([['signatures', accepted.map(signatureJson)]])];
  const found = [...attestations].map(([wanted, signatures]): [string, JsonValue] => [
    wanted,
    signatures.map(attestationJson),
  ]);
  return [name, objectOf([['attestations', objectOf(found)]])];
}

const githubClaims: readonly (readonly [CertificateClaim, string])[] = [
  ['githubWorkflowTrigger', 'githubWorkflowTrigger'],
  ['githubWorkflowSha', 'githubWorkflowSha'],
  ['githubWorkflowName', 'githubWorkflowName'],
  ['githubWorkflowRepository', 'githubWorkflowRepo'],
  ['githubWorkflowRef', 'githubWorkflowRef'],
];

function signatureJson({ stored, verified: { identity } }: ImageSignature): JsonObject {
  const id = createHash('sha256').update(stored.bundle.content.signature).digest('hex');
  const entries: [string, JsonValue][] = [['id', id]];
  const [subject] = identity?.subjects ?? [];
  if (subject !== undefined) entries.push(['subject', subject]);
  if (identity?.issuer !== undefined) entries.push(['issuer', identity.issuer]);
  for (const [claim, name] of githubClaims) {
    const value = identity?.claims.get(claim);
    if (value !== undefined) entries.push([name, value]);
  }
  return objectOf(entries);
}

function attestationJson(signature: ImageSignature): JsonObject {
  return objectOf([
    ...Object.entries(signatureJson(signature)),
    ['predicateType', signature.predicateType ?? ''],
    ['digest', signature.stored.manifest],
  ]);
}

const refused = (message: string, cause?: unknown) =>
  new ImagePolicyError('IMAGE_POLICY_REFUSED', message, cause === undefined ? {} : { cause });
const unwanted = (message: string) => new ImagePolicyError('IMAGE_SIGNATURE_UNWANTED', message);
