import { describe, expect, test } from 'vitest';
import { readDefinition } from '../definition.ts';
import { exportPolicies } from './export.ts';
import { admissionForms } from './form.ts';
import { servedKind } from './resource-names.ts';

describe('kinds are named as requests name them', () => {
  test.each([
    ['Pod', '/v1/pods'],
    ['NetworkPolicy', 'networking.k8s.io/v1/networkpolicies'],
    ['projectcalico.org/GlobalNetworkPolicy', 'projectcalico.org/*/globalnetworkpolicies'],
    ['networking.istio.io/Gateway', 'networking.istio.io/*/gateways'],
    ['gateway.networking.k8s.io/Gateway', 'gateway.networking.k8s.io/*/gateways'],
    [
      'security.openshift.io/SecurityContextConstraints',
      'security.openshift.io/*/securitycontextconstraints',
    ],
    ['constraints.gatekeeper.sh/K8sAllowedRepos', 'constraints.gatekeeper.sh/*/k8sallowedrepos'],
    ['example.com/Proxy', 'example.com/*/proxies'],
    ['example.com/Mesh', 'example.com/*/meshes'],
  ])('%s', (kind, expected) => {
    const served = servedKind(kind);
    expect(typeof served === 'string' ? served : `${served.group}/${served.version}/${served.resource}`).toBe(
      expected,
    );
  });
});

const check = { id: 'x', title: 'X', severity: 'high', text: 'x' };

describe('what cannot be a policy says why', () => {
  test.each([
    [{ scope: 'instruction', target: 'dockerfile', expression: 'true' }, 'judges Dockerfiles'],
    [
      { scope: 'component', expression: 'true' },
      'reads the settings of a component from its command line or files',
    ],
    [{ program: 'x' }, 'is a program: it judges several objects together, or more than CEL can say'],
    [
      { scope: 'object', kinds: ['AdmissionConfiguration'], expression: 'true' },
      'judges AdmissionConfiguration, a file of the control plane or a node that no request carries',
    ],
    [
      { scope: 'object', kinds: ['PodSecurityPolicy'], expression: 'true' },
      'judges PodSecurityPolicy, which no API server with admission policies serves',
    ],
    [
      { scope: 'pod', kinds: ['argoproj.io/Workflow'], expression: 'true' },
      'judges Workflow, which has no single Pod template',
    ],
    [
      { scope: 'object', kinds: ['Service'], expression: "base64.decode(object.x) == b'x'" },
      'needs base64.*, which the CEL of admission does not have',
    ],
    [
      { scope: 'object', kinds: ['Service'], expression: 'cel.bind(x, object, x.y)' },
      'needs cel.bind, which the CEL of admission does not have',
    ],
    [
      { scope: 'object', kinds: ['Service'], each: 'spec.ports[*]', expression: 'index < 3' },
      'speaks of the index of an item, which the loops of admission do not give',
    ],
    [
      { scope: 'object', kinds: ['Service'], expression: 'pod.hostNetwork' },
      'speaks of a Pod, which objects of its scope do not have',
    ],
    [
      { scope: 'object', kinds: ['Service'], expression: 'true', notAtAdmission: 'looks for nothing' },
      'looks for nothing',
    ],
  ])('%j', (fields, reason) => {
    const definition = readDefinition({ ...check, ...fields });
    for (const as of admissionForms) {
      const { objects, refused } = exportPolicies([definition], { as });
      expect(objects).toEqual([]);
      expect(refused).toEqual([{ id: 'x', reason }]);
    }
  });

  test('CEL that cannot be read costs the other checks nothing', () => {
    const of = (id: string, expression: string) =>
      readDefinition({ ...check, id, scope: 'object', kinds: ['Service'], expression });
    const { objects, refused } = exportPolicies(
      [of('a', 'object.'), of('b', 'container.x'), of('c', 'object.x == 1')],
      { as: 'kyverno' },
    );
    expect(refused.map(({ id, reason }) => [id, reason.slice(0, 28)])).toEqual([
      ['a', 'has CEL that cannot be read:'],
      ['b', 'has CEL that cannot be read:'],
    ]);
    expect(objects).toHaveLength(1);
  });

  test('policies about policies are files, webhooks are asked about neither', () => {
    const about = (kind: string) =>
      readDefinition({ ...check, scope: 'object', kinds: [kind], expression: 'true' });
    const written = (kind: string) =>
      admissionForms.filter((as) => exportPolicies([about(kind)], { as }).objects.length > 0);
    expect(written('ValidatingAdmissionPolicy')).toEqual(['static-admission']);
    expect(written('ValidatingWebhookConfiguration')).toEqual(['vap', 'static-admission']);
    expect(written('Service')).toEqual([...admissionForms]);
  });
});
