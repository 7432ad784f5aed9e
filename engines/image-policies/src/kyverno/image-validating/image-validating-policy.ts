import { isObject, type JsonFields, type JsonObject } from '@keelson/core';
import { ImagePolicyError } from '../../errors.ts';
import { invalid, lacking, unsupported } from '../../faults.ts';
import type { PolicyMaterial, PolicyReader } from '../../material.ts';
import type { Demand, ImagePolicy, NamedDemand } from '../../model/policy.ts';
import type { Workload } from '../../model/workload.ts';
import { fieldsOf, shaped } from '../../shape.ts';
import { digestDemand } from '../image-names.ts';
import { metadataOf } from '../judged-objects.ts';
import { readAttestations, readAttestors } from './attestors.ts';
import { RuleEnvironment } from './environment.ts';
import { compileExpression, type Expression } from './expressions.ts';
import { compileImageMatch } from './image-match.ts';
import { judgeRules, matchesConditions, type Rules, type Validation } from './judge.ts';
import { compileConstraints } from './match.ts';
import { imageValidatingPolicyShape } from './shape.ts';

const maxExpressions = 100;

/** Reads ImageValidatingPolicy and NamespacedImageValidatingPolicy of Kyverno: rules in CEL that ask for signatures themselves. */
export const imageValidatingPolicy: PolicyReader = ({ object }) => {
  const fields = fieldsOf(shaped(object, imageValidatingPolicyShape), '');
  const metadata = metadataOf({ object });
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  const kind = String(object['kind']);
  const namespace = kind === 'ImageValidatingPolicy' ? undefined : metadata['namespace'];
  const spec = fields.required('spec');
  return (material) => [policyOf(spec, { name, kind, namespace }, material)];
};

interface Named {
  readonly name: string;
  readonly kind: string;
  /** Of a policy that is about its own namespace only. */
  readonly namespace: unknown;
}

function policyOf(spec: JsonFields, { name, kind, namespace }: Named, material: PolicyMaterial): ImagePolicy {
  const warnings: string[] = [];
  const rules = rulesOf(spec, material, warnings);
  const settings = spec.object('validationConfigurations');
  const isAboutWorkload = (workload: Workload | undefined): boolean => {
    if (workload === undefined) return true;
    const own = metadataOf(workload)['namespace'];
    if (typeof namespace === 'string' && own !== undefined && own !== namespace) return false;
    const judged = rules.judged(workload);
    return judged !== undefined && matchesConditions(rules, judged);
  };
  const demands: NamedDemand[] = [{ name: 'validations', demand: demandOf(spec, rules, material) }];
  // Where the digest is put in, admission does it before it looks for one.
  if (
    settings?.optionalBoolean('verifyDigest') !== false &&
    settings?.optionalBoolean('mutateDigest') === false
  )
    demands.push({ name: settings.place('verifyDigest'), demand: digestDemand });
  const actions = spec.texts('validationActions');
  return {
    name,
    kind,
    mode: actions.length === 0 || actions.includes('Deny') ? 'enforce' : 'warn',
    warnings,
    isAbout: (image, workload) => rules.isMeant(image) && isAboutWorkload(workload),
    demands: { count: demands.length, of: demands },
    requiresSignature: settings?.optionalBoolean('required') !== false,
  };
}

function demandOf(spec: JsonFields, rules: Rules, { images }: PolicyMaterial): Demand {
  const evaluation = spec.value('evaluation');
  const mode = isObject(evaluation) ? evaluation['mode'] : undefined;
  if (mode !== undefined && mode !== 'Kubernetes')
    return {
      kind: 'unsupported',
      fault: unsupported(spec.place('evaluation.mode'), `evaluation of ${String(mode)}`),
    };
  if (images === undefined)
    return {
      kind: 'unsupported',
      fault: lacking(spec.place(''), 'who reads the images that the rules ask for'),
    };
  return { kind: 'own', judge: (image) => judgeRules(rules, images, image) };
}

function rulesOf(spec: JsonFields, material: PolicyMaterial, warnings: string[]): Rules {
  const environment = new RuleEnvironment(readAttestations(spec), givenIn(material));
  const compile = (fields: JsonFields, name: string) => compileExpression(fields, name, environment);
  const attestors = readAttestors(spec, { material, compile, warnings });
  const expressionsOf = (list: string): ReadonlyMap<string, Expression> => {
    const found = new Map<string, Expression>();
    for (const each of spec.objects(list, maxExpressions)) {
      const name = each.text('name');
      if (found.has(name)) throw invalid(`${each.place('name')}: there are two of the name ${name}`);
      found.set(name, compileExpression(each, 'expression', environment));
    }
    return found;
  };
  const validations = spec.objects('validations', maxExpressions).map((each): Validation => {
    const message = each.optionalText('message') ?? '';
    return {
      expression: compileExpression(each, 'expression', environment),
      message: message === '' ? `${each.place('expression')} is not true` : message,
      ...(each.has('messageExpression')
        ? { messageExpression: compileExpression(each, 'messageExpression', environment) }
        : {}),
    };
  });
  if (validations.length === 0) throw invalid(`${spec.place('validations')} is missing or empty`);
  const conditions = [...expressionsOf('matchConditions').values()];
  for (const { program } of conditions)
    if (program instanceof ImagePolicyError)
      warnings.push(`${program.message}; the policy counts in any case`);
  return {
    environment,
    attestors,
    resolved: new Map(),
    validations,
    conditions,
    variables: expressionsOf('variables'),
    extractors: expressionsOf('images'),
    isMeant: compileImageMatch(spec, warnings),
    judged: compileConstraints(spec, warnings),
  };
}

/** ConfigMaps and Secrets of the policy's files. */
function givenIn({ configMaps, secrets }: PolicyMaterial) {
  return (kind: string, namespace: string, name: string): JsonObject | undefined => {
    const found = (kind === 'configmaps' ? configMaps : kind === 'secrets' ? secrets : undefined)?.get(name);
    const own = found === undefined ? undefined : metadataOf({ object: found })['namespace'];
    return own === undefined || own === namespace ? found : undefined;
  };
}
