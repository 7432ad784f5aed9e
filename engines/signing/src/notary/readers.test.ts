import { expect, test } from 'vitest';
import { SigningError } from '../errors.ts';
import { hour, noon } from '../testing/authority.ts';
import { mutants } from '../testing/mutants.ts';
import { readNotaryEnvelope } from './envelope.ts';
import { readPayload } from './payload.ts';
import { readPluginError, readPluginMetadata, readPluginVerdict } from './plugins.ts';
import { notarySignerOf, signNotation } from './sign.ts';
import { chain, signer, target } from './testing/world.ts';
import { readTrustPolicy } from './trust-policy/document.ts';
import { readTrustStore } from './trust-store.ts';

const statement = {
  name: 'all',
  registryScopes: ['registry.example.com/app'],
  signatureVerification: { level: 'strict', override: { expiry: 'log' }, verifyTimestamp: 'always' },
  trustStores: ['ca:own', 'tsa:own'],
  trustedIdentities: ['x509.subject: C=DE, ST=Hessen, O=keelson\\, the tool'],
};
const policy = JSON.stringify({ version: '1.0', trustPolicies: [statement] });
const verdict = JSON.stringify({
  verificationResults: { 'SIGNATURE_VERIFIER.TRUSTED_IDENTITY': { success: true, reason: 'why' } },
  processedAttributes: ['one'],
});
const metadata = JSON.stringify({
  name: 'plugin',
  version: '1.0.0',
  supportedContractVersions: ['1.0'],
  capabilities: ['SIGNATURE_VERIFIER.TRUSTED_IDENTITY'],
});

test.each<[string, Uint8Array | string, (bytes: Uint8Array) => unknown]>([
  ['trust policies', policy, (bytes) => readTrustPolicy(bytes, 'oci')],
  ['payloads', Buffer.from(JSON.stringify({ targetArtifact: target })), readPayload],
  ['metadata of plugins', metadata, (bytes) => readPluginMetadata(bytes)],
  [
    'verdicts of plugins',
    verdict,
    (bytes) => readPluginVerdict(bytes, ['SIGNATURE_VERIFIER.TRUSTED_IDENTITY']),
  ],
  ['errors of plugins', '{"errorCode":"ERROR","errorMessage":"why"}', (bytes) => readPluginError(bytes)],
  [
    'trust stores',
    chain[1]?.bytes ?? '',
    (bytes) =>
      readTrustStore('ca', 'own', { kind: 'folder', entries: [{ name: 'root.crt', kind: 'file', bytes }] }),
  ],
])('no bytes break the reader of %s', (_, source, read) => {
  read(Buffer.from(source));
  for (const bytes of mutants(source, 500)) refusesOrReads(() => read(bytes), bytes);
});

test.each(['jws', 'cose'] as const)('no bytes break the reader of envelopes in %s', async (format) => {
  const { bytes, mediaType } = await signNotation(target, {
    format,
    signer: notarySignerOf(signer.key),
    chain,
    signingTime: noon + hour,
    expiry: noon + 9 * hour,
  });
  for (const changed of mutants(bytes, 800))
    refusesOrReads(() => readNotaryEnvelope(changed, mediaType), changed);
  // Of the other kind than the bytes are.
  const other = mediaType.endsWith('cose') ? 'application/jose+json' : 'application/cose';
  expect(() => readNotaryEnvelope(bytes, other)).toThrow(SigningError);
});

function refusesOrReads(read: () => unknown, bytes: Uint8Array): void {
  try {
    read();
  } catch (error) {
    expect(error, Buffer.from(bytes).toString('latin1')).toBeInstanceOf(SigningError);
  }
}
