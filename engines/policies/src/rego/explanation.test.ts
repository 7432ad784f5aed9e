import { describe, expect, it } from 'vitest';
import { GatekeeperPolicies } from '../gatekeeper/policies.ts';
import { reviewOf } from '../gatekeeper/review.ts';
import { RegoPolicies } from './policies.ts';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas: 1,
    template: {
      spec: {
        hostNetwork: true,
        containers: [
          { name: 'a', image: 'r/a' },
          { name: 'b', image: 'docker.io/b', resources: { limits: { memory: '1Gi' } } },
        ],
      },
    },
  },
};

const containers = 'spec/template/spec/containers';

const helpers = `
containers contains c if some c in input.spec.template.spec.containers
limited(c) if c.resources.limits.memory
has_host if input.spec.template.spec.hostNetwork
problem contains {"msg": msg, "kind": "image"} if {
  some c in input.spec.template.spec.containers
  startswith(c.image, "docker.io/")
  msg := sprintf("image of %s", [c.name])
}`;

/** Message, place and reads of each result of a rule. */
function explained(rule: string, input: object = deployment, data = {}) {
  const text = `package main\n${rule}\n${helpers}`;
  const policies = new RegoPolicies([{ file: 'p.rego', text }]);
  expect(policies.faults).toEqual([]);
  const results = policies.rules.flatMap((each) =>
    policies.ask(each, JSON.parse(JSON.stringify(input)), data, { explain: true }),
  );
  return results.map(({ message, path = [], explanation }) => ({
    message,
    path: path.join('/'),
    line: explanation?.location?.line,
    rule: explanation?.rule,
    reads: explanation?.reads,
  }));
}

describe('where a result stands', () => {
  it.each<
    readonly [what: string, rule: string, wanted: readonly (readonly [message: string, path: string])[]]
  >([
    [
      'the one place that decides, not the kind',
      'deny contains "host" if { input.kind == "Deployment"; input.spec.template.spec.hostNetwork }',
      [['host', 'spec/template/spec/hostNetwork']],
    ],
    [
      'the item of a loop, not the name in its message',
      `deny contains msg if {
         some c in input.spec.template.spec.containers
         startswith(c.image, "docker.io/")
         msg := sprintf("%s of %s", [c.image, c.name])
       }`,
      [['docker.io/b of b', `${containers}/1/image`]],
    ],
    [
      'what is not there',
      'deny contains "team" if not input.metadata.labels.team',
      [['team', 'metadata/labels/team']],
    ],
    [
      'what a function read of the item',
      'deny contains {"msg": c.name} if { some c in containers; not limited(c) }',
      [['a', `${containers}/0/resources`]],
    ],
    ['what a rule read', 'deny contains "host" if has_host', [['host', 'spec/template/spec/hostNetwork']]],
    [
      'what a rule read whose result is handed on',
      'deny contains {"msg": p.msg} if some p in problem',
      [['image of b', `${containers}/1/image`]],
    ],
    [
      'around several places',
      'deny contains "b" if { some c in input.spec.template.spec.containers; c.image == "docker.io/b"; c.resources.limits.memory }',
      [['b', `${containers}/1`]],
    ],
    [
      'the whole object where all of it decides',
      'deny contains "kind" if input.kind == "Deployment"',
      [['kind', '']],
    ],
    [
      'the object where the places have nothing in common',
      'deny contains "x" if { input.metadata.labels.app; input.spec.replicas == 1 }',
      [['x', '']],
    ],
    [
      'where the result says',
      'deny contains {"msg": "x", "path": ["spec"]} if input.metadata.labels.app',
      [['x', 'spec']],
    ],
    [
      'a decision that does not hold',
      '# METADATA\n# entrypoint: true\nallow if input.metadata.labels.app == "shop"',
      [['main.allow does not hold', 'metadata/labels/app']],
    ],
    [
      'a decision that is false',
      '# METADATA\n# entrypoint: true\n# scope: document\ndefault allow := false\nallow if input.spec.replicas > 1',
      [['main.allow does not hold', 'spec/replicas']],
    ],
  ])('%s', (_, rule, wanted) => {
    expect(explained(rule).map(({ message, path }) => [message, path])).toEqual(wanted);
  });

  it('each result has its own', () => {
    const rule = 'deny contains c.name if some c in input.spec.template.spec.containers';
    expect(explained(rule).map(({ message, path }) => [message, path])).toEqual([
      ['a', `${containers}/0/name`],
      ['b', `${containers}/1/name`],
    ]);
  });
});

it('tells the rule, its place and what it read, scalars with their values', () => {
  const long = 'x'.repeat(300);
  const rule = `deny contains "x" if {
    input.spec.replicas == 1
    input.metadata.labels
    not input.metadata.annotations.team
    data.known.team == "shop"
    input.spec.note != ""
  }`;
  const input = { ...deployment, spec: { ...deployment.spec, note: long } };
  expect(explained(rule, input, { known: { team: 'shop' } })).toEqual([
    {
      message: 'x',
      path: '',
      line: 2,
      rule: 'data.main.deny',
      reads: [
        { path: 'input.spec.replicas', value: 1 },
        { path: 'input.metadata.labels' },
        { path: 'data.known.team', value: 'shop' },
        { path: 'input.spec.note' },
        { path: 'input.metadata.annotations', missing: true },
      ],
    },
  ]);
});

it('definitions with metadata of their own go by the name of the rule', () => {
  const rule = '# METADATA\n# title: t\ndeny contains "x" if input.spec.replicas == 1';
  expect(explained(rule)).toMatchObject([{ rule: 'data.main.deny', line: 4 }]);
});

it('is told only where it is asked for', () => {
  const policies = new RegoPolicies([{ file: 'p.rego', text: 'package main\ndeny contains "x" if input.a' }]);
  const [rule] = policies.rules;
  if (rule === undefined) expect.fail();
  expect(policies.ask(rule, { a: 1 })[0]).not.toHaveProperty('explanation');
  expect(policies.ask(rule, { a: 1 })[0]?.path).toBeUndefined();
});

it('a rule that passes a bound without its indexes is told as ever, but not explained', () => {
  const text = `package main
    deny contains row.id if { some host in input.hosts; some row in data.rows; row.host == host }`;
  const rows = Array.from({ length: 1_000 }, (_, i) => ({ host: `h${i}`, id: `id ${i}` }));
  const hosts = rows.slice(0, 200).map(({ host }) => host);
  const explained = (maxSteps: number) => {
    const policies = new RegoPolicies([{ file: 'p.rego', text }], { limits: { maxSteps } });
    const results = policies.rules.flatMap((rule) =>
      policies.ask(rule, { hosts }, { rows }, { explain: true }),
    );
    expect(results).toHaveLength(200);
    return results.filter(({ explanation }) => explanation !== undefined).length;
  };
  expect([50_000, 5_000_000].map(explained)).toEqual([0, 200]);
});

it('violations of Gatekeeper stand in the object, and the rule in the template', () => {
  const rego = `package needed
violation[{"msg": msg}] {
  provided := input.review.object.metadata.labels[input.parameters.label]
  provided != "shop"
  msg := "wrong label"
}`;
  const template = {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: { name: 'needed' },
    spec: {
      crd: { spec: { names: { kind: 'Needed' } } },
      targets: [{ target: 'admission.k8s.gatekeeper.sh', rego }],
    },
  };
  const constraint = {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind: 'Needed',
    metadata: { name: 'team' },
    spec: { parameters: { label: 'app' } },
  };
  const policies = new GatekeeperPolicies({ explain: true });
  expect(policies.add([{ object: template }, { object: constraint }])).toEqual([]);
  const { violations } = policies.review(reviewOf(deployment));
  expect(violations[0]?.why).toMatchObject({
    path: ['metadata', 'labels', 'app'],
    explanation: {
      rule: 'data.needed.violation',
      reads: [
        { path: 'input.parameters.label', value: 'app' },
        { path: 'input.review.object.metadata.labels.app', value: 'web' },
      ],
    },
  });
});
