import { isObject, type JsonFields, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { ImagePolicyError } from '../errors.ts';
import type { PolicyReader } from '../material.ts';
import type { ImagePolicy } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import { fieldsOf, shaped } from '../shape.ts';
import { clusterPolicyShape } from './cluster-policy-shape.ts';
import { type Conditions, compileConditions } from './conditions/conditions.ts';
import { type QueryClock, QueryFault } from './conditions/query.ts';
import { metadataOf, requestOf } from './judged-objects.ts';
import { compileMatch, type RuleMatch } from './match.ts';
import { resolved, ruleContext } from './rule-context.ts';
import { verifyImagesPolicy } from './verify-images.ts';

/**
 * Reads ClusterPolicy and Policy of Kyverno: each entry of `verifyImages` is a policy of images. Other rules are not about signatures:
 * they are named, and not looked at.
 */
export const kyvernoPolicy: PolicyReader = ({ object }) => {
  const fields = fieldsOf(shaped(object, clusterPolicyShape), '');
  const metadata = metadataOf({ object });
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  const spec = fields.required('spec');
  const rules = spec.objects('rules');
  const [own, others] = [true, false].map((has) =>
    rules.filter((rule) => rule.objects('verifyImages').length > 0 === has),
  );
  if (own === undefined || own.length === 0)
    throw new ImagePolicyError('IMAGE_POLICY_UNKNOWN', `${name}: no rule of the policy has verifyImages`);
  const skipped = (others ?? []).map(
    (rule) =>
      `${rule.place('')} (${rule.optionalText('name') ?? ''}) has no verifyImages and is not looked at`,
  );
  const namespace = object['kind'] === 'Policy' ? metadata['namespace'] : undefined;
  return (material) =>
    own.flatMap((rule, ruleAt) => {
      const match = withinNamespace(compileMatch(rule), namespace);
      const preconditions = compilePreconditions(rule, match, material);
      const warnings = [...match.warnings, ...preconditions.warnings, ...(ruleAt === 0 ? skipped : [])];
      const context = ruleContext(rule, material);
      return rule.objects('verifyImages').map((written, at, all): ImagePolicy => {
        const entry = withContext(written, context);
        const action = failureAction(spec, entry);
        return verifyImagesPolicy(entry, {
          name: `${name}/${rule.optionalText('name') ?? ''}${all.length === 1 ? '' : `/${at}`}`,
          kind: String(object['kind']),
          mode: action.mode,
          warnings: [...warnings, ...action.warnings],
          isAbout: (workload) => match.isAbout(workload) && preconditions.hold(workload),
          material,
          context,
        });
      });
    });
};

/** The entry with the variables that its rule's context resolves. */
function withContext(entry: JsonFields, context: JsonObject): JsonFields {
  const members = entry.names().map((name): [string, JsonValue] => [name, entry.value(name) ?? null]);
  return fieldsOf(resolved(objectOf(members), context), entry.place(''));
}

/** A Policy is about its own namespace; what names none may be of any. */
function withinNamespace(match: RuleMatch, own: unknown): RuleMatch {
  if (typeof own !== 'string') return match;
  return {
    ...match,
    isAbout: (workload) => {
      const namespace = workload === undefined ? undefined : metadataOf(workload)['namespace'];
      return (namespace === undefined || namespace === own) && match.isAbout(workload);
    },
  };
}

interface Preconditions {
  readonly hold: (workload: Workload | undefined) => boolean;
  readonly warnings: readonly string[];
}

/** A rule whose preconditions cannot be judged counts, as does one for a workload that is not known. */
function compilePreconditions(
  rule: JsonFields,
  { judged }: RuleMatch,
  clock: Pick<QueryClock, 'now'>,
): Preconditions {
  const warnings: string[] = [];
  if (rule.has('celPreconditions'))
    warnings.push(`${rule.place('celPreconditions')} is not judged: the rule counts in any case`);
  const conditions = readPreconditions(rule, warnings);
  return {
    warnings,
    hold: (workload) => {
      const object = workload === undefined ? undefined : judged(workload);
      if (conditions === undefined || object === undefined) return true;
      const request: JsonObject = { ...requestOf(object), object: object.object, oldObject: null };
      const document: JsonObject = { request };
      try {
        // Who asks, and what a context brings, is not known: a condition with a fallback for that must not take it for what is.
        return conditions(document, { ...clock, partial: [document, request] }) === undefined;
      } catch (error) {
        if (error instanceof QueryFault) return true;
        throw error;
      }
    },
  };
}

function readPreconditions(rule: JsonFields, warnings: string[]): Conditions | undefined {
  const value = rule.value('preconditions');
  if (value === undefined) return undefined;
  try {
    const groups = Array.isArray(value) ? rule.objects('preconditions') : [rule.required('preconditions')];
    return compileConditions(groups);
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    warnings.push(
      `${rule.place('preconditions')} is not judged, and the rule counts in any case: ${error.message}`,
    );
    return undefined;
  }
}

/** Whether an image that does not pass is refused; where namespaces differ in it, the stricter counts. */
function failureAction(spec: JsonFields, entry: JsonFields) {
  const own = entry.optionalText('failureAction');
  const common = spec.optionalText('validationFailureAction');
  const text = own ?? common ?? 'Audit';
  if (!/^(?:enforce|audit)$/i.test(text))
    throw new ImagePolicyError(
      'IMAGE_POLICY_INVALID',
      `${entry.place('failureAction')}: ${text} is neither Enforce nor Audit`,
    );
  const overrides = spec.list('validationFailureActionOverrides');
  const isEnforced =
    /^enforce$/i.test(text) ||
    (own === undefined &&
      overrides.some((each) => isObject(each) && /^enforce$/i.test(String(each['action']))));
  const warnings: string[] = [];
  if (own === undefined && overrides.length > 0)
    warnings.push(
      `${spec.place('validationFailureActionOverrides')} is not judged: the stricter action counts`,
    );
  if (own === undefined && common === undefined && !isEnforced)
    warnings.push(`${entry.place('failureAction')} is not given, and Audit is meant: nothing is refused`);
  return { mode: isEnforced ? 'enforce' : 'warn', warnings } as const;
}
