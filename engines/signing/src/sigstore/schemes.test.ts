import type { SignatureScheme } from '@keelson/pki';
import { describe, expect, test } from 'vitest';
import { generateKey } from '../keys/private-key.ts';
import { signerOfKey } from '../keys/signer.ts';
import { artifactOfBytes } from './artifact.ts';
import { readBundle } from './bundle.ts';
import { signBlob, signStatement } from './sign/sign.ts';
import { emptyTrustedRoot } from './trusted-root.ts';
import { verifyBundle } from './verify.ts';

const keys = {
  rsa: generateKey('rsa-2048'),
  'P-384': generateKey('ecdsa-p384'),
  'P-521': generateKey('ecdsa-p521'),
};
const blob = Buffer.from('hello');
const statement = Buffer.from(
  JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' } }],
    predicateType: 'https://example.com/review/v1',
    predicate: {},
  }),
);

// Key services sign by the hash that the key has, and Azure's, for cosign, by one as wide as the key.
describe.each<[keyof typeof keys, SignatureScheme]>([
  ['rsa', 'rsa-pkcs1-sha256'],
  ['rsa', 'rsa-pkcs1-sha384'],
  ['rsa', 'rsa-pkcs1-sha512'],
  ['rsa', 'rsa-pss-sha256'],
  ['rsa', 'rsa-pss-sha384'],
  ['rsa', 'rsa-pss-sha512'],
  ['P-384', 'ecdsa-sha256'],
  ['P-384', 'ecdsa-sha384'],
  ['P-521', 'ecdsa-sha512'],
])('%s, %s', (kind, scheme) => {
  const requirements = {
    trustedRoot: emptyTrustedRoot,
    signer: { kind: 'key', key: signerOfKey(keys[kind]).publicKey },
    logEntries: 0,
    timestamps: 0,
    certificateLogged: false,
    fallbackTime: Date.UTC(2026, 0, 1),
  } as const;
  const artifact = artifactOfBytes(blob);
  const options = { signer: signerOfKey(keys[kind], scheme) };

  test('a file', async () => {
    const bundle = await signBlob(blob, options);
    const verify = (bytes: Uint8Array) =>
      verifyBundle(readBundle(bundle), artifactOfBytes(bytes), requirements);
    verify(blob);
    expect(() => verify(Buffer.from('other'))).toThrowError();
  });

  test('a statement', async () => {
    verifyBundle(readBundle(await signStatement(statement, options)), artifact, requirements);
  });
});
