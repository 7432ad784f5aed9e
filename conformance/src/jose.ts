import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject, type JsonValue, KeelsonError, stringifyJson } from '@keelson/core';
import { type JwsAlgorithm, jwkThumbprint, readJwk, readJws, verifyJws } from '@keelson/envelopes';
import { isRefused } from './refusals.ts';
import { type Suite, Tally } from './suite.ts';

/**
 * The cookbook of RFC 7520: each serialisation that a file gives verifies to its payload with its keys, is refused where
 * its algorithm is not allowed, and is refused with any one character of its texts changed. A file that is a key is read.
 */
export const suite: Suite = {
  name: 'jose',
  async run(dir) {
    const tally = new Tally();
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!name.endsWith('.json')) continue;
      const file: JsonValue = JSON.parse(readFileSync(join(dir, name), 'utf8'));
      if (!isObject(file)) continue;
      const isSignature = isObject(file['output']) && isObject(file['signing'] ?? null);
      if (!isSignature && !Array.isArray(file['signing']) && file['kty'] === undefined) continue;
      judge(tally, name, () => (file['kty'] === undefined ? faultOfExample(file) : faultOfKey(file)));
    }
    return tally;
  },
};

function judge(tally: Tally, id: string, fault: () => string | undefined): void {
  try {
    const message = fault();
    if (message === undefined) tally.pass();
    else tally.fail(id, message);
  } catch (error) {
    tally.fail(id, String(error));
  }
}

function faultOfKey(file: JsonObject): string | undefined {
  const { kid, type } = readJwk(file);
  return kid === file['kid'] && type === file['kty'] && jwkThumbprint(file).length === 43
    ? undefined
    : 'is read wrongly';
}

interface Example {
  readonly isDetached: boolean;
  readonly payload: Buffer;
  readonly keys: readonly JsonObject[];
  readonly algorithms: readonly JwsAlgorithm[];
}

const known: readonly JwsAlgorithm[] = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'] as const),
  ...(['EdDSA', 'Ed25519', 'HS256', 'HS384', 'HS512'] as const),
];

function faultOfExample(file: JsonObject): string | undefined {
  const input = isObject(file['input']) ? file['input'] : {};
  const output = isObject(file['output']) ? file['output'] : {};
  const named = [input['alg']].flat();
  const example = {
    payload: Buffer.from(String(input['payload'])),
    keys: [input['key'] ?? input['keys'] ?? null].flat().filter((key) => isObject(key)),
    algorithms: known.filter((name) => named.includes(name)),
  };
  for (const form of ['compact', 'json', 'json_flat']) {
    const value = output[form];
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value : stringifyJson(value);
    const isDetached =
      typeof value === 'string' ? value.includes('..') : !JSON.stringify(value).includes('"payload"');
    const fault = faultOfText(text, { ...example, isDetached });
    if (fault !== undefined) return `${form}: ${fault}`;
  }
  return undefined;
}

function faultOfText(text: string, example: Example): string | undefined {
  verifyAll(text, example);
  const others = known.filter((name) => !example.algorithms.includes(name));
  if (!isRefused(() => verifyAll(text, { ...example, algorithms: others })))
    return 'verifies with its algorithm not allowed';
  for (let at = 0; at < text.length; at++) {
    // A bit of the last character, so that it stays in the alphabet; and a character that is in none.
    const code = text.charCodeAt(at);
    for (const other of [String.fromCharCode(code ^ 1), '\u00e9']) {
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      if (!isRefused(() => verifyAll(changed, example)) && !isUnsigned(text, changed))
        return `verifies with character ${at} changed`;
    }
  }
  return undefined;
}

/** True where a change shows only in what nothing signs: the header of that sort, and members that JWS does not know. */
function isUnsigned(text: string, changed: string): boolean {
  return text.startsWith('{') && stripped(text) === stripped(changed);
}

const signedMembers = ['', 'payload', 'protected', 'signature', 'signatures'];

function stripped(text: string): string {
  return JSON.stringify(JSON.parse(text), (name, value) =>
    signedMembers.includes(name) || /^\d+$/.test(name) ? value : undefined,
  );
}

// RFC 7520, 4.7 has `alg` in the header that is not signed; a file of RFC 7797 is older than its rule on `crit`.
const liberties = { allowUnprotectedAlgorithm: true, allowUncriticalB64: true };

/** Verifies each signature with the key at its place. */
function verifyAll(text: string, { payload, keys, algorithms, isDetached }: Example): void {
  const jws = readJws(text, isDetached ? { detachedPayload: payload } : {});
  if (jws.signatures.length !== keys.length)
    throw new KeelsonError('TEST', `has ${jws.signatures.length} signatures`);
  for (const [at, signature] of jws.signatures.entries())
    verifyJws(signature, { key: readJwk(keys[at] ?? {}), algorithms, ...liberties });
  if (!payload.equals(jws.payload)) throw new KeelsonError('TEST', 'has another payload');
}
