import { Readable } from 'node:stream';
import type { SignatureScheme } from '@keelson/pki';
import { publicKeyOfKeyObject, verifySignature } from '@keelson/pki';
import { describe, expect, test } from 'vitest';
import { awsWorld } from './testing/aws.ts';
import { azureWorld } from './testing/azure.ts';
import { googleWorld } from './testing/google.ts';
import { type Kind, keyOf, messages } from './testing/keys.ts';
import { vaultWorld } from './testing/vault.ts';
import { open, type World } from './testing/world.ts';

const pkcs1: readonly SignatureScheme[] = ['rsa-pkcs1-sha256', 'rsa-pss-sha256'];
const table: readonly (readonly [
  name: string,
  world: (kind: Kind) => World,
  kind: Kind,
  schemes: readonly SignatureScheme[],
])[] = [
  ['AWS KMS', awsWorld, 'P-256', ['ecdsa-sha256']],
  ['AWS KMS', awsWorld, 'P-384', ['ecdsa-sha384']],
  ['AWS KMS', awsWorld, 'P-521', ['ecdsa-sha512']],
  ['AWS KMS', awsWorld, 'rsa-2048', pkcs1],
  ['AWS KMS', awsWorld, 'ed25519', ['ed25519']],
  ['Google Cloud KMS', googleWorld, 'P-256', ['ecdsa-sha256']],
  ['Google Cloud KMS', googleWorld, 'P-384', ['ecdsa-sha384']],
  ['Google Cloud KMS', googleWorld, 'rsa-2048', ['rsa-pss-sha256']],
  ['Google Cloud KMS', googleWorld, 'rsa-3072', ['rsa-pkcs1-sha256']],
  ['Google Cloud KMS', googleWorld, 'ed25519', ['ed25519']],
  ['Azure Key Vault', azureWorld, 'P-256', ['ecdsa-sha256']],
  ['Azure Key Vault', azureWorld, 'P-384', ['ecdsa-sha384']],
  ['Azure Key Vault', azureWorld, 'P-521', ['ecdsa-sha512']],
  ['Azure Key Vault', azureWorld, 'rsa-2048', pkcs1],
  ['Vault', vaultWorld, 'P-256', ['ecdsa-sha256']],
  ['Vault', vaultWorld, 'P-384', ['ecdsa-sha256', 'ecdsa-sha384']],
  ['Vault', vaultWorld, 'P-521', ['ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512']],
  ['Vault', vaultWorld, 'rsa-2048', pkcs1],
  ['Vault', vaultWorld, 'ed25519', ['ed25519']],
];

describe.each(table)('%s, %s', (_, worldOf, kind, schemes) => {
  test('the public key is read, and the key signs by each of its ways', async () => {
    const key = await open(worldOf(kind));
    const publicKey = publicKeyOfKeyObject(keyOf(kind).publicKey);
    expect(Buffer.compare(key.publicKey.spki, publicKey.spki)).toBe(0);
    expect(key.schemes.slice(0, schemes.length)).toEqual(schemes);
    for (const scheme of key.schemes)
      for (const message of messages.slice(0, kind === 'ed25519' ? 2 : 3)) {
        const signer = key.signer(scheme);
        const signature = await signer.sign(message);
        expect(signer.scheme).toBe(scheme);
        expect(verifySignature(publicKey, scheme, message, signature)).toBe(true);
        // What is not held goes by its hash; Ed25519 has none.
        const pieces = [message.subarray(0, 2), message.subarray(2)];
        const pieced = await signer.signPieces?.(Readable.from(pieces));
        if (kind === 'ed25519') expect(pieced).toBeUndefined();
        else expect(verifySignature(publicKey, scheme, message, pieced ?? Buffer.of())).toBe(true);
      }
    expect(key.signer().scheme).toBe(schemes[0]);
    expect(() => key.signer('ed25519ph')).toThrowError(/not by ed25519ph/);
  });
});

test.each<[string, World]>([
  ['AWS KMS', awsWorld('ed25519')],
  ['Google Cloud KMS', googleWorld('ed25519')],
])('%s: what an Ed25519 key is to sign goes whole, as far as the service takes it', async (_, world) => {
  const key = await open(world);
  const before = world.network.log.length;
  await expect(key.signer().sign(messages[2] ?? Buffer.of())).rejects.toMatchObject({
    code: 'KMS_KEY_UNFIT',
  });
  expect(world.network.log.length).toBe(before);
});

test.each<[string, World]>([
  ['AWS KMS', awsWorld('secp256k1')],
  ['Google Cloud KMS', googleWorld('secp256k1')],
  ['Azure Key Vault', azureWorld('secp256k1')],
  ['Vault', vaultWorld('secp256k1')],
])('%s: a key on a curve that keelson does not take is told', async (_, world) => {
  await expect(open(world)).rejects.toMatchObject({ code: 'KMS_KEY_UNFIT' });
});
