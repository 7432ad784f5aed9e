import { writePem } from '@keelson/pki';
import { expect, test } from 'vitest';
import { issue, signerExtensions } from '../testing/authority.ts';
import { root, signer } from './testing/world.ts';
import { readTrustStore, type TrustStoreEntry, type TrustStoreFolder } from './trust-store.ts';

const der = root.certificate.bytes;
const pem = Buffer.from(`a comment\n${writePem('CERTIFICATE', der)}`);
const alone = issue('alone', undefined, signerExtensions);
const file = (bytes: Uint8Array, name = 'a.crt'): TrustStoreEntry => ({ name, kind: 'file', bytes });
const folder = (...entries: readonly TrustStoreEntry[]): TrustStoreFolder => ({ kind: 'folder', entries });
const both = Buffer.concat([der, signer.certificate.bytes]);

test.each<[string, 'ca' | 'signingAuthority' | 'tsa', TrustStoreFolder, number]>([
  ['DER', 'ca', folder(file(der)), 1],
  ['PEM', 'signingAuthority', folder(file(pem)), 1],
  ['two files', 'tsa', folder(file(der), file(pem, 'b')), 2],
  ['several in one', 'ca', folder(file(Buffer.concat([der, der]))), 2],
  ['one that signed itself', 'ca', folder(file(alone.certificate.bytes)), 1],
])('loads: %s', (_, type, from, count) => {
  expect(readTrustStore(type, 'acme', from)).toHaveLength(count);
});

test.each<[string, 'ca' | 'tsa', TrustStoreFolder]>([
  ['nothing', 'ca', folder()],
  ['an empty file', 'ca', folder(file(new Uint8Array()))],
  ['a text', 'ca', folder(file(Buffer.from('text')))],
  ['half of one', 'ca', folder(file(der.subarray(0, 100)))],
  ['a signer', 'ca', folder(file(signer.certificate.bytes))],
  ['a signer behind its root', 'ca', folder(file(both))],
  ['a signer beside its root', 'ca', folder(file(der), file(signer.certificate.bytes))],
  ['one that signed itself, for timestamps', 'tsa', folder(file(alone.certificate.bytes))],
  ['a link', 'ca', folder(file(der), { name: 'b', kind: 'symlink' })],
  ['a folder', 'ca', folder(file(der), { name: 'b', kind: 'folder' })],
  ['something else', 'ca', folder(file(der), { name: 'b', kind: 'other' })],
  ['no store', 'ca', { kind: 'missing' }],
  ['a store that is a link', 'ca', { kind: 'symlink' }],
  ['a store that is a file', 'ca', { kind: 'file' }],
])('refused: %s', (_, type, from) => {
  expect(() => readTrustStore(type, 'acme', from)).toThrow(
    expect.objectContaining({ code: 'TRUST_STORE_INVALID' }),
  );
});

test.each(['', '..', 'a/b', 'a b'])('no name of a store: %j', (name) => {
  expect(() => readTrustStore('ca', name, folder(file(der)))).toThrow(/name/);
});
