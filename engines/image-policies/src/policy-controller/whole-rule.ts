import { createHash } from 'node:crypto';
import { type JsonFields, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import type { CertificateClaim, ImageSignature } from '@keelson/signing';
import { ImagePolicyError } from '../errors.ts';
import type { ImagePolicy } from '../model/policy.ts';
import type { DemandVerdict } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';

const parts = [
  ['includeSpec', 'spec'],
  ['includeObjectMeta', 'metadata'],
  ['includeTypeMeta', 'typemeta'],
] as const;
type Part = (typeof parts)[number][1];

/** The policy over all authorities that passed, with what it asks for of the workload. */
export function wholeRule(
  policy: JsonFields,
  judge: (input: JsonValue) => ImagePolicyError | undefined,
): NonNullable<ImagePolicy['rule']> {
  const includes = new Set(
    parts.filter(([field]) => policy.optionalBoolean(field) === true).map(([, part]) => part),
  );
  return (verdicts, { workload }) => {
    if (includes.size > 0 && workload === undefined)
      return new ImagePolicyError(
        'IMAGE_POLICY_UNSUPPORTED',
        `the policy asks for ${[...includes].join(', ')} of what runs the image, which is not known: judge manifests`,
      );
    const matches = verdicts.filter(({ isPassed }) => isPassed).map(matchOf);
    return judge(objectOf([['authorityMatches', objectOf(matches)], ...aboutOf(workload, includes)]));
  };
}

function aboutOf(workload: Workload | undefined, includes: ReadonlySet<Part>): [string, JsonValue][] {
  if (workload === undefined) return [];
  const { object } = workload;
  const about: [string, JsonValue][] = [];
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
  return about;
}

/** What the policy sees of an authority that passed, as policy-controller writes it. */
function matchOf({ name, isStatic, accepted, answers }: DemandVerdict): [string, JsonValue] {
  if (isStatic) return [name, objectOf([['static', true]])];
  if (answers.size === 0) {
    const signatures = accepted.flatMap((each) => (each.kind === 'sigstore' ? [each.signature] : []));
    return [name, objectOf([['signatures', signatures.map(signatureJson)]])];
  }
  const found = [...answers].map(([wanted, signatures]): [string, JsonValue] => [
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
