import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isKeelsonError } from '@keelson/core';
import { type CborMap, type CoseSign1, signCoseSign1, writeCbor, writeCose } from '@keelson/envelopes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CoseVerifier } from './receipt.ts';
import { type TransparencyRequirements, verifyTransparentStatement } from './transparent-statement.ts';

const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const [issuer, service, other] = [keys(), keys(), keys()];
const verifierOf = ({ publicKey }: { publicKey: KeyObject }): CoseVerifier => ({
  key: publicKey,
  algorithms: [-7],
});

const statement = signCoseSign1({
  payload: Buffer.from('{}'),
  protected: new Map<number, number | string>([
    [1, -7],
    [3, 'application/vnd.in-toto+json'],
  ]),
  key: issuer.privateKey,
});
const entry = writeCose(statement);

const hash = (prefix: number, ...parts: Uint8Array[]) =>
  createHash('sha256')
    .update(Buffer.concat([Uint8Array.of(prefix), ...parts]))
    .digest();
const leaf = hash(0, entry);
const siblings = [hash(0, Buffer.from('a')), hash(0, Buffer.from('b'))];
// The entry is the third of three leaves: it stands alone to the right of the first two.
const left = hash(1, ...siblings);
const root = hash(1, left, leaf);

interface ReceiptParts {
  readonly key?: KeyObject;
  readonly structure?: number;
  readonly size?: number;
  readonly index?: number;
  readonly path?: readonly Uint8Array[];
  readonly root?: Uint8Array;
  readonly isDetached?: boolean;
  readonly unprotected?: CborMap;
}

function receipt(parts: ReceiptParts = {}): Uint8Array {
  const proof = writeCbor([parts.size ?? 3, parts.index ?? 2, parts.path ?? [left]]);
  const proofs: CborMap = new Map([[396, new Map([[-1, [proof]]])]]);
  return writeCose(
    signCoseSign1({
      payload: parts.root ?? root,
      isDetached: parts.isDetached ?? true,
      protected: new Map([
        [1, -7],
        [395, parts.structure ?? 1],
      ]),
      unprotected: parts.unprotected ?? proofs,
      key: parts.key ?? service.privateKey,
    }),
  );
}

const withReceipts = (message: CoseSign1, ...receipts: Uint8Array[]) =>
  writeCose({ ...message, unprotected: new Map([[394, receipts]]) });

const requirements: TransparencyRequirements = {
  issuer: verifierOf(issuer),
  services: new Map([['log', verifierOf(service)]]),
  receipts: 1,
};

test('a statement with a receipt of a trusted service', () => {
  const bytes = withReceipts(statement, receipt({ key: other.privateKey }), receipt(), receipt());
  const { payload, receipts } = verifyTransparentStatement(bytes, requirements);
  expect(Buffer.from(payload).toString()).toBe('{}');
  expect([...receipts]).toEqual([['log', { treeSize: 3n, leafIndex: 2n }]]);
});

test('a log of one entry', () => {
  const bytes = withReceipts(statement, receipt({ size: 1, index: 0, path: [], root: leaf }));
  expect(verifyTransparentStatement(bytes, requirements).receipts.size).toBe(1);
});

test.each<[why: string, parts: ReceiptParts]>([
  ['of a service that is not trusted', { key: other.privateKey }],
  ['of another data structure', { structure: 2 }],
  ['of another leaf', { index: 1 }],
  ['of a leaf beyond the tree', { index: 3 }],
  ['of another size', { size: 5 }],
  ['with another path', { path: siblings }],
  ['with a path that is too short', { path: [] }],
  ['with a hash of another length', { path: [left.subarray(1)] }],
  ['over another root', { root: left }],
  ['with a root of its own', { isDetached: false }],
  ['without a proof', { unprotected: new Map() }],
])('a receipt %s does not count', (_, parts) => {
  expect(() => verifyTransparentStatement(withReceipts(statement, receipt(parts)), requirements)).toThrow(
    expect.objectContaining({ code: 'RECEIPT_MISSING' }),
  );
});

test('a receipt of another statement does not count, nor does none', () => {
  const another = signCoseSign1({
    payload: Buffer.from('[]'),
    protected: statement.protected,
    key: issuer.privateKey,
  });
  const missing = expect.objectContaining({ code: 'RECEIPT_MISSING' });
  expect(() => verifyTransparentStatement(withReceipts(another, receipt()), requirements)).toThrow(missing);
  expect(() => verifyTransparentStatement(writeCose(statement), { ...requirements, receipts: 0 })).toThrow(
    missing,
  );
  expect(() =>
    verifyTransparentStatement(withReceipts(statement, receipt()), { ...requirements, receipts: 2 }),
  ).toThrow(missing);
});

test('a statement of another issuer is refused', () => {
  const bytes = withReceipts(statement, receipt());
  expect(() => verifyTransparentStatement(bytes, { ...requirements, issuer: verifierOf(other) })).toThrow(
    expect.objectContaining({ code: 'SIGNED_STATEMENT_WRONG' }),
  );
});

test('any bytes are verified or refused', () => {
  const good = withReceipts(statement, receipt());
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ change;
      try {
        const { payload } = verifyTransparentStatement(bytes, requirements);
        expect(Buffer.from(payload).toString()).toBe('{}');
      } catch (error) {
        expect(isKeelsonError(error)).toBe(true);
      }
    }),
    { numRuns: 300, seed: 29 },
  );
});
