import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { canonicalJson, type MetadataKey, pae } from '@keelson/envelopes';
import { type SignatureScheme, sign } from '@keelson/pki';
import { readLayoutKey } from '../keys.ts';

const kinds = {
  rsa: ['rsa-pss-sha256', 'rsa', 'rsassa-pss-sha256'],
  'P-256': ['ecdsa-sha256', 'ecdsa', 'ecdsa-sha2-nistp256'],
  'P-384': ['ecdsa-sha384', 'ecdsa', 'ecdsa-sha2-nistp384'],
  ed25519: ['ed25519', 'ed25519', 'ed25519'],
} as const satisfies Record<string, readonly [SignatureScheme, string, string]>;

function pairOf(kind: keyof typeof kinds) {
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return kind === 'ed25519'
    ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('ec', { namedCurve: kind });
}

/** Someone with a key: an owner or a functionary. */
export class Person {
  readonly key: MetadataKey;
  readonly pem: string;
  readonly #privateKey: KeyObject;
  readonly #scheme: SignatureScheme;

  constructor(kind: keyof typeof kinds = 'ed25519') {
    const { publicKey, privateKey } = pairOf(kind);
    const [algorithm, keytype, scheme] = kinds[kind];
    this.pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    this.key = readLayoutKey(this.pem);
    this.#privateKey = privateKey;
    this.#scheme = algorithm;
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
    this.json = { keytype, scheme, keyval: { public: kind === 'ed25519' ? raw : this.pem.trim() } };
  }

  /** The key as it stands in a layout. */
  readonly json: JsonObject;

  get id(): string {
    return this.key.id;
  }

  sign(bytes: Uint8Array): Buffer {
    return Buffer.from(sign(this.#privateKey, this.#scheme, bytes));
  }
}

export function signed(document: JsonObject, ...people: readonly Person[]): Uint8Array {
  const bytes = canonicalJson(document) ?? new Uint8Array();
  const signatures = people.map((person) => ({ keyid: person.id, sig: person.sign(bytes).toString('hex') }));
  return json({ signed: document, signatures });
}

export function enveloped(document: JsonObject, ...people: readonly Person[]): Uint8Array {
  const payloadType = 'application/vnd.in-toto+json';
  const payload = json(document);
  const signatures = people.map((person) => ({
    keyid: person.id,
    sig: person.sign(pae(payloadType, payload)).toString('base64'),
  }));
  return json({ payloadType, payload: payload.toString('base64'), signatures });
}

export function json(value: JsonValue): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export const expires = '2030-01-01T00:00:00Z';

export function layout(
  steps: readonly JsonObject[],
  people: readonly Person[],
  more: JsonObject = {},
): JsonObject {
  const keys = objectOf(people.map((person) => [person.id, person.json]));
  return { _type: 'layout', expires, readme: '', keys, steps: [...steps], inspect: [], ...more };
}

export function step(name: string, people: readonly Person[], more: JsonObject = {}): JsonObject {
  return {
    _type: 'step',
    name,
    pubkeys: people.map(({ id }) => id),
    threshold: 1,
    expected_command: [],
    expected_materials: [],
    expected_products: [],
    ...more,
  };
}

/** A link; artifacts by path, each with a byte that its digest is made of. */
export function link(
  name: string,
  products: Readonly<Record<string, string>>,
  materials: Readonly<Record<string, string>> = {},
): JsonObject {
  return {
    _type: 'link',
    name,
    command: [],
    byproducts: {},
    environment: {},
    materials: artifacts(materials),
    products: artifacts(products),
  };
}

function artifacts(bytes: Readonly<Record<string, string>>): JsonObject {
  return objectOf(Object.entries(bytes).map(([path, byte]) => [path, { sha256: byte.repeat(32) }]));
}
