import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import {
  type HashAlgorithm,
  PkiError,
  type PublicKey,
  readPublicKey,
  type SignatureOptions,
  type SignatureScheme,
  verifyDigestSignature,
  verifySignature,
} from '@keelson/pki';
import { recordsOf } from './netpol-inputs.ts';
import { type Suite, Tally } from './suite.ts';
import { judgeJws } from './wycheproof-jws.ts';

type Judge = (tally: Tally, file: string, groups: readonly JsonObject[]) => void;

/** By the type that the groups of a file say. */
const judges: Readonly<Record<string, Judge>> = {
  EcdsaVerify: signatures((hash) => `ecdsa-${hash}`),
  EcdsaP1363Verify: signatures((hash) => `ecdsa-${hash}`, { encoding: 'p1363' }),
  EddsaVerify: signatures(() => 'ed25519'),
  RsassaPssVerify: signatures((hash) => `rsa-pss-${hash}`),
  RsassaPkcs1Verify: signatures((hash) => `rsa-pkcs1-${hash}`),
  JsonWebSignature: judgeJws,
};

/** Signatures at the edges of their forms: accepted are exactly the valid ones. */
export const suite: Suite = {
  name: 'wycheproof',
  async run(dir) {
    const tally = new Tally();
    const folder = join(dir, 'testvectors_v1');
    for (const name of readdirSync(folder).sort()) {
      if (!name.endsWith('.json')) continue;
      const file: JsonValue = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      const groups = recordsOf(isObject(file) ? file['testGroups'] : undefined);
      const type = String(groups[0]?.['type']);
      const judge = judges[type];
      if (judge === undefined) tally.skip(name, `keelson has nothing of the type ${type}`);
      else judge(tally, name, groups);
    }
    return tally;
  },
};

function signatures(
  schemeOf: (hash: HashAlgorithm) => SignatureScheme,
  options: SignatureOptions = {},
): Judge {
  return (tally, file, groups) => {
    for (const group of groups) {
      const tests = recordsOf(group['tests']);
      const judged = subjectOf(group, schemeOf);
      for (const test of tests) {
        const id = `${file} ${test['tcId']} ${test['comment']}`;
        if (typeof judged === 'string') tally.skip(id, judged);
        else judgeTest(tally, id, test, judged, options);
      }
    }
  };
}

interface Subject {
  readonly key: PublicKey;
  readonly scheme: SignatureScheme;
  readonly hash: HashAlgorithm | undefined;
}

/** Key and scheme of a group, or why keelson never takes them. */
function subjectOf(group: JsonObject, schemeOf: (hash: HashAlgorithm) => SignatureScheme): Subject | string {
  const hash = hashOf(group['sha']);
  if (group['sha'] !== undefined && hash === undefined) return `keelson takes no ${group['sha']}`;
  const length = { sha256: 32, sha384: 48, sha512: 64 }[hash ?? 'sha256'];
  if (group['sLen'] !== undefined && group['sLen'] !== length)
    return 'keelson takes only PSS whose salt is as long as its hash';
  if (group['mgfSha'] !== undefined && group['mgfSha'] !== group['sha'])
    return 'keelson takes only PSS with one hash throughout';
  try {
    const key = readPublicKey(Buffer.from(String(group['publicKeyDer']), 'hex'));
    return { key, scheme: schemeOf(hash ?? 'sha256'), hash };
  } catch (error) {
    if (error instanceof PkiError && error.code === 'KEY_UNSUPPORTED')
      return `keelson takes no such key: ${error.message}`;
    throw error;
  }
}

function hashOf(name: JsonValue | undefined): HashAlgorithm | undefined {
  if (name === 'SHA-256') return 'sha256';
  if (name === 'SHA-384') return 'sha384';
  return name === 'SHA-512' ? 'sha512' : undefined;
}

function judgeTest(
  tally: Tally,
  id: string,
  test: JsonObject,
  subject: Subject,
  options: SignatureOptions,
): void {
  const { key, scheme, hash } = subject;
  const data = Buffer.from(String(test['msg']), 'hex');
  const signature = Buffer.from(String(test['sig']), 'hex');
  const isAccepted = verifySignature(key, scheme, data, signature, options);
  const isOfDigest =
    hash !== undefined
      ? verifyDigestSignature(key, scheme, createHash(hash).update(data).digest(), signature, options)
      : isAccepted;
  // The few that are "acceptable" may go either way, but not both.
  const expected = test['result'] === 'acceptable' ? isAccepted : test['result'] === 'valid';
  if (isAccepted !== isOfDigest) tally.fail(id, 'data and digest are judged differently');
  else if (isAccepted !== expected) tally.fail(id, isAccepted ? 'was accepted' : 'was refused');
  else tally.pass();
}
