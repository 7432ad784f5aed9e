import { isObject, type JsonFields, type JsonValue, objectOf } from '@keelson/core';
import { ImagePolicyError } from '../errors.ts';
import { invalid, refused, unsupported } from '../faults.ts';
import type { PolicyMaterial } from '../material.ts';
import type { Demand, ImagePolicy, OwnVerdict } from '../model/policy.ts';
import type { DemandVerdict } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';
import { fieldsOf } from '../shape.ts';
import { cosignVerifier } from './cosign-verifier.ts';
import type { RatifyDocument, RatifyKind } from './documents.ts';
import { type KeyProviders, keyProviders } from './key-providers.ts';
import { notationVerifier } from './notation-verifier.ts';
import { type RegoRule, readRegoPolicy } from './rego-policy.ts';
import { nestedMembers, type Report, reportsOf, type Verifier } from './reports.ts';

/**
 * What documents of Ratify say together: the verifiers of the cluster, or of the workload's namespace where it has some, and the policy
 * over what they say, which is likewise the namespace's or the cluster's.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function ratifyPolicies(
  documents: readonly RatifyDocument[],
  material: PolicyMaterial,
): readonly ImagePolicy[] {
  const providers = keyProviders(documents);
  const namespaces = new Set(
    documents.flatMap(({ kind, namespace }) =>
      namespace === undefined || kind === 'KeyManagementProvider' ? [] : [namespace],
    ),
  );
  const policies = [undefined, ...[...namespaces].sort()].flatMap((namespace) => {
    const of = (kind: RatifyKind) => inForce(documents, kind, namespace);
    if (of('Verifier').length === 0) return [];
    return [policyFor(namespace, of, namespaces, providers, material)];
  });
  if (policies.length === 0) throw invalid('there are documents of Ratify, and no Verifier among them');
  return policies;
}

/** Those of the namespace, or where it has none those of the cluster. */
function inForce(
  documents: readonly RatifyDocument[],
  kind: RatifyKind,
  namespace: string | undefined,
): readonly RatifyDocument[] {
  const all = documents.filter((each) => each.kind === kind);
  const own = all.filter((each) => each.namespace === namespace);
  return own.length > 0 ? own : all.filter((each) => each.namespace === undefined);
}

function policyFor(
  namespace: string | undefined,
  of: (kind: RatifyKind) => readonly RatifyDocument[],
  namespaces: ReadonlySet<string>,
  providers: KeyProviders,
  material: PolicyMaterial,
): ImagePolicy {
  const warnings: string[] = [];
  const verifiers = of('Verifier').map((document) =>
    named(document, () => verifierOf(document, providers, material)),
  );
  for (const { name, warnings: loose } of verifiers)
    warnings.push(...loose.map((warning) => `Verifier ${name}: ${warning}`));
  return {
    name: namespace === undefined ? 'ratify' : `ratify in ${namespace}`,
    kind: 'Ratify',
    mode: 'enforce',
    warnings,
    isAbout: (_, workload) => {
      const own = workload === undefined ? undefined : namespaceOf(workload);
      // Where a manifest names no namespace, it is that of who applies it, which may be any.
      if (own === undefined) return true;
      return namespace === undefined ? !namespaces.has(own) : own === namespace;
    },
    demands: { count: 1, of: [{ name: 'verifiers', demand: demandOf(of, verifiers, warnings) }] },
  };
}

/** Faults name the document. */
function named<T>({ kind, name, file }: RatifyDocument, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ImagePolicyError)) throw error;
    throw new ImagePolicyError(error.code, `${file}: ${kind} ${name}: ${error.message}`, { cause: error });
  }
}

function namespaceOf({ object }: Workload): string | undefined {
  const metadata = object['metadata'];
  const namespace = isObject(metadata) ? metadata['namespace'] : undefined;
  return typeof namespace === 'string' ? namespace : undefined;
}

/** @throws ImagePolicyError IMAGE_POLICY_INVALID */
function verifierOf(
  { name, spec, file }: RatifyDocument,
  providers: KeyProviders,
  surroundings: PolicyMaterial,
): Verifier {
  // Before there were types, the name of the program told what a verifier is.
  const type = spec.optionalText('type') ?? spec.text('name');
  const parameters = spec.object('parameters') ?? fieldsOf(objectOf([]), 'spec.parameters');
  const common = { name, type, artifactTypes: artifactTypesOf(spec) };
  const refuses = (what: string): Verifier => {
    const fault = unsupported(`Verifier ${name}`, what);
    return { ...common, warnings: [`keelson does not do ${what}`], verify: () => ({ fault }) };
  };
  // What refers to a signature is not read.
  if (nestedMembers.some((member) => isGiven(parameters.value(member)))) return refuses('nested references');
  switch (type) {
    case 'notation':
      return { ...common, ...notationVerifier(parameters, providers, surroundings) };
    case 'cosign':
      return { ...common, ...cosignVerifier(parameters, { surroundings, providers, file }) };
    default:
      return refuses(`the verifier ${type}`);
  }
}

const isGiven = (value: JsonValue | undefined): boolean =>
  value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);

function artifactTypesOf(spec: JsonFields): readonly string[] {
  const types = spec
    .text('artifactTypes')
    .split(',')
    .filter((type) => type !== '');
  if (types.length === 0) throw spec.invalid('artifactTypes', 'is empty');
  return types;
}

type Rule = 'any' | 'all';

function demandOf(
  of: (kind: RatifyKind) => readonly RatifyDocument[],
  verifiers: readonly Verifier[],
  warnings: string[],
): Demand {
  const stores = of('Store');
  for (const { name, spec } of stores) {
    const type = spec.optionalText('type') ?? spec.text('name');
    if (type !== 'oras')
      return { kind: 'unsupported', fault: unsupported(`Store ${name}`, `the store ${type}`) };
  }
  const cosignTag =
    stores.length === 0 ||
    stores.some(({ spec }) => spec.object('parameters')?.value('cosignEnabled') === true);
  const [policy, ...others] = of('Policy');
  if (others.length > 0) throw invalid('there are two policies of Ratify for one scope');
  if (policy === undefined) warnings.push('there is no Policy: everything that a verifier is for must hold');
  const judge = policy === undefined ? byTypes(new Map()) : ruleOf(policy);
  if (judge instanceof ImagePolicyError) return { kind: 'unsupported', fault: judge };
  return { kind: 'own', judge: (image) => judge(image, verifiers, cosignTag) };
}

/** What a policy says, or why keelson cannot tell. @throws ImagePolicyError IMAGE_POLICY_INVALID */
function ruleOf(document: RatifyDocument): RegoRule | ImagePolicyError {
  const type = document.spec.optionalText('type') ?? document.name;
  if (type === 'config-policy' || type === 'configpolicy') return byTypes(rulesOf(document));
  if (type !== 'rego-policy' && type !== 'regopolicy')
    throw invalid(`Policy ${document.name} is of the type ${type}, neither config-policy nor rego-policy`);
  try {
    return readRegoPolicy(document);
  } catch (error) {
    if (error instanceof ImagePolicyError && error.code === 'IMAGE_POLICY_UNSUPPORTED') return error;
    throw error;
  }
}

const byTypes =
  (rules: ReadonlyMap<string, Rule>): RegoRule =>
  async (image, verifiers, cosignTag) =>
    verdictOf(await reportsOf(image, verifiers, cosignTag), rules);

/** By artifact type; `default` for the others. */
function rulesOf({ name, spec }: RatifyDocument): ReadonlyMap<string, Rule> {
  const place = `Policy ${name}`;
  const found = new Map<string, Rule>();
  const parameters = spec.object('parameters');
  for (const [artifactType, rule] of parameters?.map('artifactVerificationPolicies', 1_000) ?? []) {
    if (rule !== 'any' && rule !== 'all')
      throw invalid(`${place}: artifactVerificationPolicies of ${artifactType} is neither any nor all`);
    found.set(artifactType, rule);
  }
  return found;
}

/** Of each artifact type that is asked for or found, any or all reports must hold; without a report nothing does. */
function verdictOf(reports: readonly Report[], rules: ReadonlyMap<string, Rule>): OwnVerdict {
  const fallback = rules.get('default') ?? 'all';
  const types = new Set([...rules.keys(), ...reports.map(({ artifactType }) => artifactType)]);
  types.delete('default');
  const parts = [...types].map((type) => partOf(type, rules.get(type) ?? fallback, reports));
  const signers = new Set(parts.flatMap((part) => [...part.signers]));
  if (reports.length === 0)
    return { parts, fault: refused('there is nothing that a verifier is for, so nothing was verified') };
  const broken = parts.filter(({ isPassed }) => !isPassed).length;
  return broken === 0
    ? { parts, signers }
    : { parts, fault: refused(`${broken} of ${parts.length} artifact types do not pass`) };
}

function partOf(type: string, rule: Rule, reports: readonly Report[]): DemandVerdict {
  const own = reports.filter(({ artifactType }) => artifactType === type);
  const held = own.filter(({ fault }) => fault === undefined);
  const isPassed = held.length > 0 && (rule === 'any' || held.length === own.length);
  return {
    name: `${type} (${rule})`,
    isPassed,
    isStatic: false,
    accepted: held.flatMap(({ accepted }) => accepted),
    refused: own.flatMap(({ fault, digest, refused: faults }) =>
      faults.length > 0 || fault === undefined ? faults : [{ manifest: digest, fault }],
    ),
    signers: new Set(held.flatMap(({ signers }) => [...signers])),
    answers: new Map(),
    parts: [],
    ...(isPassed
      ? {}
      : { fault: refused(own.length === 0 ? 'there is none' : `${held.length} of ${own.length} hold`) }),
  };
}
