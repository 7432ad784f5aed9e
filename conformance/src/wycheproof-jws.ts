import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { type JwsAlgorithm, readCompactJws, readJwk, verifyJws } from '@keelson/envelopes';
import { isRefused } from './refusals.ts';
import type { Tally } from './suite.ts';

const algorithms: readonly JwsAlgorithm[] = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'] as const),
  ...(['EdDSA', 'HS256', 'HS384', 'HS512'] as const),
];

/** Judges the groups of wycheproof's JWS vectors: accepted are exactly the valid ones. */
export function judgeJws(tally: Tally, file: string, groups: readonly JsonObject[]): void {
  for (const group of groups) {
    const key = isObject(group['public']) ? group['public'] : group['private'];
    if (!isObject(key)) throw new Error(`${file}: a group has no key`);
    const tests = Array.isArray(group['tests']) ? group['tests'].filter((test) => isObject(test)) : [];
    const valid = new Set(tests.filter(({ result }) => result === 'valid').map(({ jws }) => jws));
    for (const test of tests) {
      const id = `${file} ${test['tcId']} ${test['comment']}`;
      const reason = test['result'] === 'valid' ? ruledOut(String(test['jws']), key) : undefined;
      if (test['result'] !== 'valid' && valid.has(test['jws'] ?? ''))
        tally.skip(id, 'called invalid, but the file calls the very same text with the same key valid');
      else if (reason !== undefined) tally.skip(id, reason);
      else judgeTest(tally, id, key, test);
    }
  }
}

function judgeTest(tally: Tally, id: string, key: JsonObject, { jws, result }: JsonObject): void {
  const isAccepted = !isRefused(() => {
    const { signatures } = readCompactJws(String(jws));
    for (const signature of signatures) verifyJws(signature, { key: readJwk(key), algorithms });
  });
  if (isAccepted === (result === 'valid')) tally.pass();
  else tally.fail(id, isAccepted ? 'was accepted' : 'was refused');
}

/**
 * Why a vector that is called valid cannot be: the file also has vectors that are invalid for the very same reason, so
 * no reader gets all of them right.
 */
function ruledOut(text: string, key: JsonObject): string | undefined {
  if (!/^[\w.-]*$/.test(text))
    return 'called valid, but has a character outside of base64url, which RFC 7515 section 2 rules out and other vectors of the file call invalid';
  const named = headerOf(text);
  if (key['alg'] !== undefined && named !== key['alg'])
    return `called valid, but its header says ${JSON.stringify(named)} and its key is for ${JSON.stringify(key['alg'])} (RFC 7517 section 4.4), which other vectors of the file call invalid`;
  return undefined;
}

function headerOf(text: string): JsonValue | undefined {
  const header: JsonValue = JSON.parse(Buffer.from(text.split('.', 1)[0] ?? '', 'base64url').toString());
  return isObject(header) ? header['alg'] : undefined;
}
