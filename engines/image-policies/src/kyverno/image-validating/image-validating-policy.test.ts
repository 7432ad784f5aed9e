import { isKeelsonError } from '@keelson/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admitImage } from '../../model/evaluate.ts';
import type { Workload } from '../../model/workload.ts';
import { readImagePolicies } from '../../read-policies.ts';
import { ImageWorld, notary, now, one, sbom, slsa, stranger, two } from '../../testing/image-world.ts';
import { wordsOf } from '../../testing/kyverno.ts';
import { pemOf } from '../../testing/signatures.ts';
import { PolicyImages } from '../../verifier/policy-images.ts';

const world = new ImageWorld();
beforeAll(() => world.fill());
afterAll(() => world.remove());

const ctlog = { insecureIgnoreTlog: true, insecureIgnoreSCT: true };
const attestors = [
  { name: 'ours', cosign: { key: { data: pemOf(one) }, ctlog } },
  { name: 'theirs', cosign: { key: { data: pemOf(two) }, ctlog } },
  { name: 'test', cosign: { key: { data: pemOf(one) }, ctlog, annotations: { env: 'test' } } },
  { name: 'notary', notary: { certs: { value: notary } } },
  { name: 'stranger', notary: { certs: { value: stranger } } },
  { name: 'public', cosign: { keyless: { identities: [{ issuer: 'i', subject: 's' }] } } },
  { name: 'cluster', cosign: { key: { expression: 'variables.cm.data.key' }, ctlog } },
  { name: 'number', notary: { certs: { expression: '1' } } },
];
const attestations = [
  { name: 'slsa', intoto: { type: slsa } },
  { name: 'spdx', intoto: { type: 'spdx' } },
  { name: 'sbom', referrer: { type: sbom } },
];

const all = (expression: string) => `images.containers.map(image, ${expression}).all(e, e)`;
const signedBy = (...attestor: string[]) =>
  all(`verifyImageSignatures(image, [${attestor.map((each) => `attestors.${each}`).join(', ')}]) > 0`);
const attestedBy = (attestation: string, attestor: string) =>
  all(`verifyAttestationSignatures(image, attestations.${attestation}, [attestors.${attestor}]) > 0`);

function policy(validations: readonly string[], more: object = {}): object {
  return {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'ImageValidatingPolicy',
    metadata: { name: 'p' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] },
        ],
      },
      matchImageReferences: [{ glob: 'r.example/*' }],
      attestors,
      attestations,
      validations: validations.map((expression) => ({ expression, message: 'it is not as it should be' })),
      ...more,
    },
  };
}

const pod = (...images: readonly string[]): Workload => ({
  group: '',
  version: 'v1',
  kind: 'Pod',
  object: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
    spec: { containers: images.map((image) => ({ name: 'c', image })) },
  },
});

const deployment = (image: string): Workload => ({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  object: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
    },
  },
});

/** `admitted`, or the reasons why not. */
async function verdictOf(
  document: object,
  name = 'r.example/signed:1',
  workload?: Workload | 'none',
  others: readonly object[] = [],
) {
  world.asked = [];
  const images = new PolicyImages(world.open, { now });
  const files = [
    { name: 'policy.yaml', text: [document, ...others].map((each) => JSON.stringify(each)).join('\n---\n') },
  ];
  const policies = readImagePolicies(files, { now, images });
  const runs = workload ?? pod(name);
  const image = {
    name,
    evidence: await images.evidence(name),
    ...(runs === 'none' ? {} : { workload: runs }),
  };
  const verdict = await admitImage(image, policies);
  if (verdict.isAdmitted) return 'admitted';
  if (verdict.policies.length === 0) return 'no policy';
  const faults = verdict.policies.flatMap(({ fault, parts }) => [fault, ...parts.flatMap(wordsOf)]);
  return faults.map((fault) => (isKeelsonError(fault) ? fault.format() : '')).join('\n');
}

describe('validations', () => {
  test.each<[string, readonly string[], string]>([
    ['a key', [signedBy('ours')], 'admitted'],
    ['another key', [signedBy('theirs')], 'it is not as it should be'],
    ['the reason of a refusal', [signedBy('theirs')], 'SIGNATURE_WRONG'],
    ['one of two', [signedBy('ours', 'theirs')], 'admitted'],
    [
      'both of two',
      [all('verifyImageSignatures(image, [attestors.ours, attestors.theirs]) == 2')],
      'it is not',
    ],
    ['annotations', [signedBy('test')], 'it does not carry env=test'],
    ['certificates of notation', [signedBy('notary')], 'admitted'],
    ['other certificates of notation', [signedBy('stranger')], 'CERTIFICATE_UNTRUSTED'],
    ['the public instance', [signedBy('public')], '--trusted-root'],
    ['a key of nowhere', [signedBy('cluster')], 'cannot be evaluated'],
    ['certificates that are none', [signedBy('number')], 'gives no text'],
    ['a statement', [attestedBy('slsa', 'ours')], 'admitted'],
    ['a statement of others', [attestedBy('slsa', 'theirs')], 'SIGNATURE_WRONG'],
    ['a statement of another type', [attestedBy('spdx', 'ours')], 'it is an attestation of type'],
    ['an artifact', [attestedBy('sbom', 'notary')], 'admitted'],
    ['an artifact of others', [attestedBy('sbom', 'stranger')], 'CERTIFICATE_UNTRUSTED'],
    ['an artifact by a key', [attestedBy('sbom', 'ours')], 'it is not'],
    ['a statement by notation', [attestedBy('slsa', 'notary')], 'it is not'],
    [
      'what a statement says',
      [attestedBy('slsa', 'ours'), all('extractPayload(image, attestations.slsa).predicate.level == 3')],
      'admitted',
    ],
    [
      'what an artifact says',
      [
        attestedBy('sbom', 'notary'),
        all("extractPayload(image, attestations.sbom).bomFormat == 'CycloneDX'"),
      ],
      'admitted',
    ],
    [
      'what nobody has verified is not read',
      [signedBy('ours'), all("extractPayload(image, attestations.sbom).bomFormat == 'CycloneDX'")],
      'was not verified before its payload is read',
    ],
    [
      'the configuration',
      [signedBy('ours'), all("getImageData(image).config.architecture == 'amd64'")],
      'admitted',
    ],
    ['the name', [signedBy('ours'), all("getImageData(image).repository == 'signed'")], 'admitted'],
    [
      'parts of a reference',
      [signedBy('ours'), all("parseImageReference(image).registry() == 'r.example'")],
      'admitted',
    ],
    ['the object', [signedBy('ours'), "object.metadata.labels.app == 'web'"], 'admitted'],
    ['nothing', ['true'], 'no policy has verified a signature'],
    [
      'an image of others',
      [signedBy('ours'), "getImageData('r.example/plain:1').config != null"],
      'none of the images of the object',
    ],
    [
      'an image that is not meant',
      [signedBy('ours'), "verifyImageSignatures('b.example/x', [attestors.ours]) == 0"],
      'admitted',
    ],
    [
      'what keelson has not',
      [signedBy('ours'), "http.Get('https://a.example') != null"],
      'IMAGE_POLICY_UNSUPPORTED',
    ],
    [
      'the request',
      [signedBy('ours'), "request.operation == 'CREATE' && request.namespace == 'shop'"],
      'admitted',
    ],
    [
      'who asks, which nobody knows',
      [signedBy('ours'), "!has(request.userInfo) || request.userInfo.username == 'ci'"],
      'request.userInfo is not known',
    ],
    ['an error', [signedBy('ours'), 'object.spec.missing == 1'], 'cannot be evaluated'],
    ['no truth', [signedBy('ours'), '1'], 'it is not'],
    ['endless work', [signedBy('ours'), endless()], 'cannot be evaluated'],
  ])('%s', async (_, validations, expected) => {
    expect(await verdictOf(policy(validations))).toContain(expected);
  });

  function endless(): string {
    const list = `[${Array.from({ length: 40 }, (__, at) => at).join(',')}]`;
    return `${list}.all(a, ${list}.all(b, ${list}.all(c, ${list}.all(d, a + b + c + d >= 0))))`;
  }

  test('a rule holds whichever of several statements it reads', async () => {
    const level = (condition: string) => [
      attestedBy('slsa', 'ours'),
      all(`extractPayload(image, attestations.slsa).predicate.level ${condition}`),
    ];
    expect(await verdictOf(policy(level('>= 1')), 'r.example/mixed:1')).toBe('admitted');
    for (const condition of ['== 1', '== 3'])
      expect(await verdictOf(policy(level(condition)), 'r.example/mixed:1')).toContain('it is not');
  });

  test('all images of an object count, and each is read once', async () => {
    const [signed, plain] = ['r.example/signed:1', 'r.example/plain:1'];
    expect(await verdictOf(policy([signedBy('ours')]), signed, pod(signed, plain))).toContain('it is not');
    expect(await verdictOf(policy([signedBy('ours')]), signed, pod(signed, 'b.example/x'))).toBe('admitted');
    expect(world.asked).toEqual([signed, signed]);
    const gone = await verdictOf(policy([signedBy('ours')]), signed, pod(signed, 'r.example/gone:1'));
    expect(gone).toContain('there is no r.example/gone:1');
  });

  test('keys in ConfigMaps of the files', async () => {
    const configMap = (namespace: string, pair: typeof one) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'keys', namespace },
      data: { key: pemOf(pair) },
    });
    const expression = "resource.get('v1', 'configmaps', object.metadata.namespace, 'keys')";
    const document = policy([signedBy('cluster')], { variables: [{ name: 'cm', expression }] });
    expect(await verdictOf(document, undefined, undefined, [configMap('shop', one)])).toBe('admitted');
    expect(await verdictOf(document, undefined, undefined, [configMap('shop', two)])).toContain(
      'SIGNATURE_WRONG',
    );
    expect(await verdictOf(document, undefined, undefined, [configMap('db', one)])).toContain(
      'shop/keys was not given',
    );
  });

  test('an image that no list has is not seen by rules', async () => {
    const loose = { validationConfigurations: { required: false } };
    const verdict = await verdictOf(
      policy([signedBy('ours')], loose),
      'r.example/plain:1',
      pod('r.example/signed:1'),
    );
    expect(verdict).toContain('in none of the lists of images');
  });

  test('an image of an init container has to be asked about', async () => {
    const [signed, plain] = ['r.example/signed:1', 'r.example/plain:1'];
    const { object, ...kind } = pod(signed);
    const spec = {
      containers: [{ name: 'c', image: signed }],
      initContainers: [{ name: 'i', image: plain }],
    };
    const runs = { ...kind, object: { ...object, spec } };
    expect(await verdictOf(policy([signedBy('ours')]), plain, runs)).toContain('no policy has verified');
  });

  test('an image that nobody is known to run', async () => {
    expect(await verdictOf(policy([signedBy('ours')]), undefined, 'none')).toBe('admitted');
    const asksMore = policy([signedBy('ours'), "!has(object.metadata.labels) || object.kind == 'Pod'"]);
    expect(await verdictOf(asksMore, undefined, 'none')).toContain('cannot be evaluated');
  });

  test('lists of images, variables and messages of the policy', async () => {
    const more = {
      images: [{ name: 'own', expression: 'object.spec.containers.map(c, c.image)' }],
      variables: [
        { name: 'count', expression: 'images.own.map(i, verifyImageSignatures(i, [attestors.ours]))' },
      ],
      validations: [
        { expression: 'variables.count == [1]', messageExpression: "'found ' + string(variables.count[0])" },
        { expression: 'variables.count == [2]', messageExpression: "'found ' + string(variables.count[0])" },
      ],
    };
    expect(await verdictOf(policy([], more))).toContain('found 1');
  });
});

describe('what a policy is about', () => {
  const about = (more: object) => policy([signedBy('theirs')], more);
  const condition = (expression: string) => about({ matchConditions: [{ name: 'c', expression }] });
  const rules = (resources: readonly string[], more: object = {}) =>
    about({
      matchConstraints: {
        resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], resources, operations: ['*'] }],
        ...more,
      },
    });
  const name = 'r.example/signed:1';
  test.each<[string, object, Workload, boolean]>([
    ['Pods', about({}), pod(name), true],
    ['Pods that a workload makes', about({}), deployment(name), true],
    ['workloads', rules(['deployments']), deployment(name), true],
    ['other kinds', rules(['jobs']), deployment(name), false],
    ['labels', rules(['pods'], { objectSelector: { matchLabels: { app: 'db' } } }), pod(name), false],
    ['a condition', condition("object.metadata.labels.app == 'db'"), pod(name), false],
    [
      'a condition on who asks',
      condition("has(request.userInfo) && 'x' in request.userInfo.groups"),
      pod(name),
      true,
    ],
    ['a condition that fails', condition('object.metadata.labels.tier == 1'), pod(name), true],
    ['a condition that keelson cannot read', condition("resource.get('a') == 1"), pod(name), true],
    ['other images', about({ matchImageReferences: [{ glob: 'ghcr.io/*' }] }), pod(name), false],
    [
      'alternatives',
      about({ matchImageReferences: [{ glob: '{ghcr.io,r.example}/[a-s]*' }] }),
      pod(name),
      true,
    ],
    [
      'an expression',
      about({ matchImageReferences: [{ expression: "image(ref).tag() == '1'" }] }),
      pod(name),
      true,
    ],
    [
      'another',
      about({ matchImageReferences: [{ expression: "image(ref).tag() == '2'" }] }),
      pod(name),
      false,
    ],
  ])('%s', async (_, document, workload, isAbout) => {
    expect((await verdictOf(document, name, workload)) === 'no policy').toBe(!isAbout);
  });

  test('a namespaced policy is about its namespace', async () => {
    const own = (namespace: string) => ({
      ...about({}),
      kind: 'NamespacedImageValidatingPolicy',
      metadata: { name: 'p', namespace },
    });
    expect(await verdictOf(own('db'))).toBe('no policy');
    expect(await verdictOf(own('shop'))).toContain('it is not');
  });
});

test.each<[string, object, string]>([
  ['a digest', { validationConfigurations: { mutateDigest: false } }, 'is named by no digest'],
  ['no digest', { validationConfigurations: { mutateDigest: false, verifyDigest: false } }, 'admitted'],
  ['payloads of other programs', { evaluation: { mode: 'JSON' } }, 'evaluation of JSON'],
])('settings: %s', async (_, more, expected) => {
  expect(await verdictOf(policy([signedBy('ours')], more))).toContain(expected);
});

test('a policy that audits refuses nothing', async () => {
  expect(await verdictOf(policy([signedBy('theirs')], { validationActions: ['Audit'] }))).toBe('admitted');
});

test.each<[string, object, string]>([
  ['an unknown field', policy(['true'], { atestors: [] }), 'unknown field "spec.atestors"'],
  ['no validation', policy([]), 'spec.validations is missing or empty'],
  ['no CEL', policy(['1 +']), 'IMAGE_POLICY_INVALID'],
  [
    'an attestor of nothing',
    policy(['true'], { attestors: [{ name: 'a' }] }),
    'not exactly one of cosign and notary',
  ],
  ['two of one name', policy(['true'], { attestors: [attestors[0], attestors[0]] }), 'two of the name ours'],
  [
    'an attestation of both',
    policy(['true'], { attestations: [{ name: 'a', intoto: { type: 'a' }, referrer: { type: 'b' } }] }),
    'exactly one of intoto and referrer',
  ],
  ['no glob', policy(['true'], { matchImageReferences: [{ glob: '[' }] }), 'a bracket does not end'],
  [
    'no log',
    policy(['true'], { attestors: [{ name: 'a', cosign: { key: { data: 'x' }, ctlog: {} } }] }),
    'a Rekor URL must be provided',
  ],
])('refused: %s', (_, document, reason) => {
  const text = JSON.stringify(document);
  const read = () => readImagePolicies([{ name: 'policy.yaml', text }]);
  expect(read).toThrow(expect.objectContaining({ name: 'KeelsonError' }));
  expect(() => {
    try {
      read();
    } catch (error) {
      throw isKeelsonError(error) ? new Error(error.format()) : error;
    }
  }).toThrow(reason);
});
