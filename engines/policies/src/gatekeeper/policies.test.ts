import { cloneJson, type JsonObject } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { Inventory } from './inventory.ts';
import { GatekeeperPolicies, type PoliciesOptions } from './policies.ts';
import { type ReviewOptions, reviewOf, reviewOfAdmission } from './review.ts';

const rego = `package labels
violation[{"msg": msg, "details": {"missing": label}}] {
  label := input.parameters.labels[_]
  not input.review.object.metadata.labels[label]
  msg := sprintf("%v: %v", [input.review.operation, label])
}`;
const cel: JsonObject = {
  variables: [
    {
      name: 'labels',
      expression: 'has(variables.anyObject.metadata.labels) ? variables.anyObject.metadata.labels : {}',
    },
  ],
  validations: [
    {
      expression: 'variables.params.labels.all(l, l in variables.labels)',
      messageExpression: 'request.operation + ": " + variables.params.labels[0]',
    },
  ],
};
const schema = {
  type: 'object',
  properties: { labels: { type: 'array', items: { type: 'string' }, default: ['owner'] } },
};

function template(target: JsonObject, kind = 'Labels'): JsonObject {
  return cloneJson<JsonObject>({
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: { name: kind.toLowerCase() },
    spec: {
      crd: { spec: { names: { kind }, validation: { openAPIV3Schema: schema } } },
      targets: [{ target: 'admission.k8s.gatekeeper.sh', ...target }],
    },
  });
}

function constraint(spec: JsonObject = {}): JsonObject {
  return cloneJson<JsonObject>({
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind: 'Labels',
    metadata: { name: 'need' },
    spec: { parameters: {}, ...spec },
  });
}

const inRego: JsonObject = { engine: 'Rego', source: { rego } };
const inCel: JsonObject = { engine: 'K8sNativeValidation', source: cel };
const pod = cloneJson<JsonObject>({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'x' },
});

function review(documents: JsonObject[], options: PoliciesOptions = {}, how: ReviewOptions = {}) {
  const policies = new GatekeeperPolicies(options);
  const faults = policies.add(documents.map((object) => ({ object })));
  const result = policies.review(reviewOf(pod, how));
  return {
    said: result.violations.map(({ message, actions }) => `${message} (${actions.join()})`),
    faults: [...faults, ...result.faults.map(({ error }) => error)].map((error) => error.format()),
  };
}

describe('constraints', () => {
  test.each<[string, JsonObject, string]>([
    ['the old field', { rego }, 'CREATE: owner (deny)'],
    ['Rego in code', { code: [inRego] }, 'CREATE: owner (deny)'],
    ['CEL in code', { code: [inCel] }, 'CREATE: owner (deny)'],
    [
      'Rego v1',
      {
        code: [
          {
            engine: 'Rego',
            source: { version: 'v1', rego: 'package a\nviolation contains {"msg": "v1"} if true' },
          },
        ],
      },
      'v1 (deny)',
    ],
    [
      'libraries',
      {
        rego: 'package a\nimport data.lib.b\nviolation[{"msg": m}] { m := b.text }',
        libs: ['package lib.b\ntext = "from a library"'],
      },
      'from a library (deny)',
    ],
  ])('%s', (_, target, expected) => {
    expect(review([constraint(), template(target)])).toEqual({ said: [expected], faults: [] });
  });

  test('of two languages CEL rules, and either can be asked alone', () => {
    const documents = [
      template({ code: [inRego, inCel] }),
      constraint({ parameters: { labels: ['a', 'b'] } }),
    ];
    expect(review(documents).said).toEqual(['CREATE: a (deny)']);
    expect(review(documents, { engine: 'Rego' }).said).toEqual(['CREATE: a (deny)', 'CREATE: b (deny)']);
  });

  test('on DELETE both see the old object', () => {
    const how = { operation: 'DELETE' } as const;
    const documents = [template({ code: [inRego, inCel] }), constraint()];
    expect(review(documents, { engine: 'Rego' }, how).said).toEqual(['DELETE: owner (deny)']);
    expect(review(documents, {}, how).said).toEqual(['DELETE: owner (deny)']);
  });

  test.each<[string, JsonObject, string[]]>([
    ['dryrun', { enforcementAction: 'dryrun' }, ['CREATE: owner (dryrun)']],
    [
      'scoped',
      {
        enforcementAction: 'scoped',
        scopedEnforcementActions: [
          { action: 'warn', enforcementPoints: [{ name: 'audit.gatekeeper.sh' }] },
          { action: 'deny', enforcementPoints: [{ name: 'validation.gatekeeper.sh' }] },
        ],
      },
      ['CREATE: owner (warn)'],
    ],
    [
      'scoped to elsewhere',
      {
        enforcementAction: 'scoped',
        scopedEnforcementActions: [{ action: 'deny', enforcementPoints: [{ name: 'vap.k8s.io' }] }],
      },
      [],
    ],
  ])('enforcementAction %s', (_, spec, expected) => {
    expect(review([template({ rego }), constraint(spec)])).toEqual({ said: expected, faults: [] });
  });

  test('data.inventory is what the store holds when it is asked', () => {
    const twin = 'package a\nviolation[{"msg": n}] { data.inventory.namespace[_]["v1"]["Pod"][n] }';
    const policies = new GatekeeperPolicies({}, new Inventory([pod]));
    policies.add([template({ rego: twin }), constraint()].map((object) => ({ object })));
    const names = () => policies.review(reviewOf(pod)).violations.map(({ message }) => message);
    expect(names()).toEqual(['a']);
    policies.inventory.set(cloneJson<JsonObject>({ ...pod, metadata: { name: 'b', namespace: 'y' } }));
    expect(names()).toEqual(['a', 'b']);
    policies.inventory.remove(pod);
    expect(names()).toEqual(['b']);
  });

  test.each(['__proto__', 'constructor', 'toString'])('an object called %s is one like others', (name) => {
    const named = 'package a\nviolation[{"msg": n}] { data.inventory.namespace[n][_]["Pod"][_] }';
    const odd = cloneJson<JsonObject>({ ...pod, metadata: { name, namespace: name } });
    const policies = new GatekeeperPolicies({}, new Inventory([odd]));
    policies.add([template({ rego: named }), constraint()].map((object) => ({ object })));
    expect(policies.review(reviewOf(odd)).violations.map(({ message }) => message)).toEqual([name]);
  });

  test('what an object makes later is judged too', () => {
    const expansion = cloneJson<JsonObject>({
      apiVersion: 'expansion.gatekeeper.sh/v1alpha1',
      kind: 'ExpansionTemplate',
      metadata: { name: 'pods' },
      spec: {
        applyTo: [{ groups: ['apps'], versions: ['v1'], kinds: ['Deployment'] }],
        templateSource: 'spec.template',
        generatedGVK: { group: '', version: 'v1', kind: 'Pod' },
        enforcementAction: 'warn',
      },
    });
    const policies = new GatekeeperPolicies();
    const match = { kinds: [{ apiGroups: [''], kinds: ['Pod'] }], source: 'Generated' };
    policies.add([expansion, template({ rego }), constraint({ match })].map((object) => ({ object })));
    const deployment = cloneJson<JsonObject>({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { metadata: {}, spec: {} } },
    });
    expect(policies.review(reviewOf(deployment)).violations).toMatchObject([
      { message: '[Implied by pods] CREATE: owner', actions: ['warn'] },
    ]);
  });
});

test('expansions that make more and more objects are a fault that names the bound', () => {
  const kinds = Array.from({ length: 12 }, (_, i) => `K${i}`);
  const expansions = kinds.slice(1).flatMap((kind, i) =>
    ['a', 'b'].map((name) =>
      cloneJson<JsonObject>({
        apiVersion: 'expansion.gatekeeper.sh/v1alpha1',
        kind: 'ExpansionTemplate',
        metadata: { name: `${name}${i}` },
        spec: {
          applyTo: [{ groups: ['x'], versions: ['v1'], kinds: [`K${i}`] }],
          templateSource: 'spec',
          generatedGVK: { group: 'x', version: 'v1', kind },
        },
      }),
    ),
  );
  const policies = new GatekeeperPolicies();
  policies.add(expansions.map((object) => ({ object })));
  const spec: JsonObject = {};
  let inner = spec;
  for (const _ of kinds) inner = Object.assign(inner, { spec: {} }).spec;
  const object = cloneJson<JsonObject>({ apiVersion: 'x/v1', kind: 'K0', metadata: { name: 'a' }, spec });
  expect(policies.review(reviewOf(object)).faults.map(({ error }) => error.message)).toEqual([
    'an object makes 1000 others at most',
  ]);
});

describe('what is wrong', () => {
  const conflict = 'package a\nx = 1 { true }\nx = 2 { true }\nviolation[{"msg": "m"}] { x }';
  test.each<[string, JsonObject[], string]>([
    ['no template', [constraint()], 'there is no template of Labels [POLICY_CONSTRAINT]'],
    ['Rego that does not parse', [template({ rego: 'package a\nviolation[' })], 'rego_parse_error'],
    ['no rule violation', [template({ rego: 'package a\ndeny = 1 { true }' })], 'no rule "violation"'],
    [
      'data of others',
      [template({ rego: 'package a\nviolation[{"msg": "m"}] { data.other }' })],
      'policies may read data.inventory and data.lib only',
    ],
    [
      'a call of the network, which there is none of',
      [
        template({
          rego: 'package a\nviolation[{"msg": "m"}] { http.send({"method": "get", "url": "http://a/"}) }',
        }),
      ],
      'http.send needs the network',
    ],
    ['no code', [template({})], 'code for neither'],
    ...[
      'violation[{"msg": data.other}] { true }',
      'violation[{"msg": "m"}] { input.x with data.other as 1 }',
      'violation[{"msg": "m"}] { x := [1 | data[_]]; x }',
      'violation[{"msg": "m"}] { true }\np = 1 { false } else = data.other { true }',
    ].map((code): [string, JsonObject[], string] => [
      code,
      [template({ rego: `package a\n${code}` })],
      'policies may read data.inventory and data.lib only',
    ]),
    ['another target', [template({ rego, target: 'admission' })], 'the target of a template is'],
    [
      'parameters of a wrong type',
      [template({ rego }), constraint({ parameters: { labels: 'owner' } })],
      'spec.parameters.labels must be of type array [POLICY_CONSTRAINT]',
    ],
    [
      'a parameter that nobody knows',
      [template({ rego }), constraint({ parameters: { lables: [] } })],
      'unknown field "lables"',
    ],
    [
      'a match that nobody knows',
      [template({ rego }), constraint({ match: { kind: [] } })],
      'match has no field "kind"',
    ],
    [
      'a conflict when it is evaluated',
      [template({ rego: conflict }), constraint()],
      'Labels need: eval_conflict_error',
    ],
  ])('%s', (_, documents, expected) => {
    expect(review(documents).faults).toEqual([expect.stringContaining(expected)]);
  });

  test('a request to DELETE without its object', () => {
    const request = { operation: 'DELETE', object: {} };
    const ask = () => reviewOfAdmission(cloneJson<JsonObject>({ kind: 'AdmissionReview', request }));
    expect(ask).toThrow('needs an oldObject');
  });
});
