import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { hour, noon } from '../testing/authority.ts';
import { attributeNames, type ExtendedAttribute } from './attributes.ts';
import { type PluginRunner, pluginCapabilities, readPluginError } from './plugins.ts';
import { notarySignerOf, signNotation } from './sign.ts';
import { chain, policyWith, requirements, signer, stampRoot, target } from './testing/world.ts';
import { verifyNotation } from './verify.ts';

const { trustedIdentity, revocationCheck } = pluginCapabilities;
const metadata = {
  name: 'acme',
  version: '1.2.0',
  supportedContractVersions: ['1.0'],
  capabilities: [trustedIdentity, revocationCheck],
};
const success = {
  verificationResults: { [trustedIdentity]: { success: true }, [revocationCheck]: { success: true } },
  processedAttributes: ['x'],
};
const failing = (capability: string) => ({
  ...success,
  verificationResults: { ...success.verificationResults, [capability]: { success: false, reason: 'no' } },
});
const asked: JsonObject[] = [];
const plugin = (about: JsonObject = metadata, answer: JsonObject = success): PluginRunner => ({
  run: async (_, command, request) => {
    if (command === 'get-plugin-metadata') return about;
    asked.push(request);
    return answer;
  },
});

const critical = (name: string, value: string): ExtendedAttribute => ({ name, value, isCritical: true });
const attributes = [
  critical(attributeNames.verificationPlugin, 'acme'),
  critical(attributeNames.verificationPluginMinVersion, '1.1.0'),
  critical('x', 'y'),
];

const signed = (extended: readonly ExtendedAttribute[], format: 'jws' | 'cose' = 'jws') =>
  signNotation(target, {
    format,
    signer: notarySignerOf(signer.key),
    chain,
    signingTime: noon + hour,
    extended,
  });

test.each<
  [
    string,
    PluginRunner | undefined,
    string,
    Readonly<Record<string, unknown>>?,
    (readonly ExtendedAttribute[])?,
  ]
>([
  ['a plugin that accepts', plugin(), 'accepted'],
  ['it judges identities in place of the policy', plugin(), 'accepted', { trustedIdentities: ['acme:1'] }],
  ['an older version', plugin({ ...metadata, version: '1.0.9' }), 'NOTARY_PLUGIN_MISSING'],
  ['no version', plugin({ ...metadata, version: 'x' }), 'NOTARY_PLUGIN_MISSING'],
  ['another protocol', plugin({ ...metadata, supportedContractVersions: ['2.0'] }), 'NOTARY_PLUGIN_MISSING'],
  ['another name', plugin({ ...metadata, name: 'b' }), 'NOTARY_PLUGIN_MISSING'],
  [
    'one that only signs',
    plugin({ ...metadata, capabilities: ['SIGNATURE_GENERATOR.RAW'] }),
    'NOTARY_PLUGIN_MISSING',
  ],
  ['metadata that is none', plugin({}), 'NOTARY_PLUGIN_INVALID'],
  ['an answer that is none', plugin(metadata, {}), 'NOTARY_PLUGIN_INVALID'],
  [
    'an answer to half',
    plugin(metadata, { ...success, verificationResults: { [trustedIdentity]: { success: true } } }),
    'NOTARY_PLUGIN_INVALID',
  ],
  [
    'an attribute left out',
    plugin(metadata, { ...success, processedAttributes: [] }),
    'NOTARY_ATTRIBUTE_UNKNOWN',
  ],
  ['the identity refused', plugin(metadata, failing(trustedIdentity)), 'NOTARY_PLUGIN_REFUSED'],
  ['revocation refused', plugin(metadata, failing(revocationCheck)), 'NOTARY_PLUGIN_REFUSED'],
  [
    'revocation refused, and that is only told',
    plugin(metadata, failing(revocationCheck)),
    'accepted',
    { signatureVerification: { level: 'permissive' } },
  ],
  ['no such plugin', { run: async () => undefined }, 'NOTARY_PLUGIN_MISSING'],
  ['no plugins', undefined, 'NOTARY_PLUGIN_MISSING', { signatureVerification: { level: 'audit' } }],
  [
    'a name that leads elsewhere',
    plugin(),
    'NOTARY_PLUGIN_MISSING',
    {},
    [critical(attributeNames.verificationPlugin, '../acme')],
  ],
  ['no name', plugin(), 'NOTARY_ENVELOPE_INVALID', {}, [critical(attributeNames.verificationPlugin, ' ')]],
  [
    'a name that is not critical',
    plugin(),
    'NOTARY_ENVELOPE_INVALID',
    {},
    [{ ...critical(attributeNames.verificationPlugin, 'acme'), isCritical: false }],
  ],
  [
    'a version without a name',
    plugin(),
    'NOTARY_ENVELOPE_INVALID',
    {},
    [critical(attributeNames.verificationPluginMinVersion, '1.0.0')],
  ],
  [
    'a version that is none',
    plugin(),
    'NOTARY_PLUGIN_MISSING',
    {},
    [...attributes.slice(0, 1), critical(attributeNames.verificationPluginMinVersion, 'x')],
  ],
])('%s', async (_, plugins, expected, statement = {}, extended = attributes) => {
  for (const format of ['jws', 'cose'] as const) {
    const outcome = await signed(extended, format)
      .then(({ bytes, mediaType }) =>
        verifyNotation(bytes, mediaType, {
          ...requirements,
          policy: policyWith(statement),
          ...(plugins === undefined ? {} : { plugins }),
        }),
      )
      .then(
        (verdict) => verdict.fault?.code ?? verdict.outcome,
        (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
      );
    expect(outcome).toBe(expected);
  }
});

test.each<[string, PluginRunner, Readonly<Record<string, unknown>>, readonly string[]]>([
  ['in no trust store', plugin(), { trustStores: ['ca:none', 'signingAuthority:none'] }, []],
  [
    'of another identity, which the plugin does not judge',
    plugin({ ...metadata, capabilities: [revocationCheck] }),
    { trustedIdentities: ['x509.subject: C=DE, ST=Hessen, O=other'] },
    ['get-plugin-metadata'],
  ],
])('no plugin is asked about a signer %s', async (_, runner, statement, expected) => {
  for (const [level, code] of [
    ['strict', undefined],
    ['audit', 'NOTARY_PLUGIN_MISSING'],
  ] as const) {
    const commands: string[] = [];
    const plugins: PluginRunner = {
      run: (name, command, request) => {
        commands.push(command);
        return runner.run(name, command, request);
      },
    };
    const { bytes, mediaType } = await signed(attributes);
    const verdict = await verifyNotation(bytes, mediaType, {
      ...requirements,
      policy: policyWith({ ...statement, signatureVerification: { level } }),
      trustStores: {
        certificates: (type, name) =>
          name === 'none' ? [stampRoot.certificate] : requirements.trustStores.certificates(type, name),
      },
      plugins,
    });
    const authenticity = verdict.results.find(({ check }) => check === 'authenticity');
    expect(authenticity?.fault?.code).toMatch(/^(?:CERTIFICATE_UNTRUSTED|IDENTITY_MISMATCH)$/);
    expect(verdict.fault?.code).toBe(code ?? authenticity?.fault?.code);
    expect(commands).toEqual(expected);
  }
});

test('what a plugin is asked', () => {
  expect(asked[0]).toEqual({
    contractVersion: '1.0',
    signature: {
      criticalAttributes: {
        contentType: 'application/vnd.cncf.notary.payload.v1+json',
        signingScheme: 'notary.x509',
        verificationPlugin: 'acme',
        verificationPluginMinVersion: '1.1.0',
        extendedAttributes: { x: 'y' },
      },
      unprocessedAttributes: ['x'],
      certificateChain: chain.map(({ bytes }) => Buffer.from(bytes).toString('base64')),
    },
    trustPolicy: {
      trustedIdentities: ['x509.subject: C=DE, ST=Hessen, O=keelson'],
      signatureVerification: [trustedIdentity, revocationCheck],
    },
    pluginConfig: {},
  });
});

test('the error of a plugin is read', () => {
  expect(readPluginError('{"errorCode":"ACCESS_DENIED","errorMessage":"no"}')).toEqual({
    code: 'ACCESS_DENIED',
    message: 'no',
  });
  expect(() => readPluginError('{}')).toThrow(expect.objectContaining({ code: 'NOTARY_PLUGIN_INVALID' }));
});
