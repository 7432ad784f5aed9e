import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKeelsonError, isObject, type JsonObject } from '@keelson/core';
import { readClusterImagePolicy, readTrustRoot } from '@keelson/image-policies';
import { publicKeyFromPem } from '@keelson/pki';
import type { TrustedLog } from '@keelson/signing';
import { parseYaml } from '@keelson/yaml';
import { type Suite, Tally } from './suite.ts';

/**
 * ClusterImagePolicy and TrustRoot of sigstore/policy-controller: what its admission accepts is read, what it refuses is refused with every
 * text that the manifest quotes, and the keys in a TrustRoot are those of the PEM files beside it.
 */
export const suite: Suite = {
  name: 'policy-controller',
  async run(dir) {
    const tally = new Tally();
    for (const folder of ['valid', 'e2e'])
      for (const file of manifestsIn(join(dir, 'policy-controller', folder)))
        judgeAccepted(`${folder}/${file.name}`, file.text, tally);
    for (const file of manifestsIn(join(dir, 'policy-controller', 'invalid')))
      judgeRefused(`invalid/${file.name}`, file.text, tally);
    judgeTrustRoots(join(dir, 'trustroot'), tally);
    return tally;
  },
};

interface Manifest {
  readonly name: string;
  readonly text: string;
}

function manifestsIn(folder: string): readonly Manifest[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

function objectsOf(text: string): readonly JsonObject[] {
  const { documents, errors } = parseYaml(text);
  const [fault] = errors;
  if (fault !== undefined) throw fault;
  return documents.map(({ value }) => value).filter(isObject);
}

/** Why the policies of a manifest are refused; undefined where they are not. */
function refusalOf(objects: readonly JsonObject[]): string | undefined {
  try {
    for (const object of objects) readClusterImagePolicy(object);
    return undefined;
  } catch (error) {
    if (isKeelsonError(error)) return error.message;
    throw error;
  }
}

function judgeAccepted(id: string, text: string, tally: Tally): void {
  const policies = objectsOf(text).filter(({ kind }) => kind === 'ClusterImagePolicy');
  // One of the manifests is the Deployment that the policies are tried on.
  if (policies.length === 0) return;
  const refusal = refusalOf(policies);
  if (refusal === undefined) tally.pass();
  else tally.fail(id, refusal);
}

function judgeRefused(id: string, text: string, tally: Tally): void {
  const wanted = [...text.matchAll(/^# ERROR:(.*)$/gm)].map(([, quoted = '']) => quoted.trim());
  const refusal = refusalOf(objectsOf(text));
  if (refusal === undefined) tally.fail(id, 'it is accepted');
  else if (wanted.length === 0) tally.fail(id, 'the manifest quotes no text');
  else {
    const lacking = wanted.filter((quoted) => !refusal.includes(quoted));
    if (lacking.length === 0) tally.pass();
    else tally.fail(id, `${JSON.stringify(refusal)} lacks ${JSON.stringify(lacking)}`);
  }
}

function judgeTrustRoots(dir: string, tally: Tally): void {
  const golden = join(dir, 'golden');
  const valid = manifestsIn(join(dir, 'valid'));
  const chain = valid
    .map(({ text }) => /certChain: \|-\s+(\S+)/.exec(text)?.[1])
    .find((text) => text !== undefined);
  for (const folder of ['valid', 'e2e'])
    for (const { name, text } of folder === 'valid' ? valid : manifestsIn(join(dir, folder))) {
      const id = `trustroot/${folder}/${name}`;
      const filled = text.replace(placeholder, (word) => materialFor(word, golden, chain) ?? word);
      if (filled.search(placeholder) >= 0) {
        tally.skip(id, 'it is a template, and the corpus has nothing to put in');
        continue;
      }
      try {
        for (const object of objectsOf(filled)) judgeKeys(id, object, golden, tally);
      } catch (error) {
        if (!isKeelsonError(error)) throw error;
        tally.fail(id, error.message);
      }
    }
}

/** Words for which the tests of policy-controller put keys and metadata into their manifests before they use them. */
const placeholder = /(?<=^\s*)[A-Z]+(?:_[A-Z]+)*(?=\s*$)/gm;

/** Keys from the PEM files of the corpus, a chain from its other manifests, and TUF metadata that is not looked into further. */
function materialFor(word: string, golden: string, chain: string | undefined): string | undefined {
  const [, log] = /^(REKOR|CTFE)_PUBLIC_KEY$/.exec(word) ?? [];
  if (log !== undefined) return readFileSync(join(golden, `${log.toLowerCase()}.pem`)).toString('base64');
  if (word.endsWith('_CERT_CHAIN')) return chain;
  if (word === 'ROOT_JSON') return Buffer.from('{"signed": {}, "signatures": []}').toString('base64');
  return word === 'REPOSITORY' ? Buffer.from('an archive').toString('base64') : undefined;
}

function judgeKeys(id: string, object: JsonObject, golden: string, tally: Tally): void {
  const { kind, trusted } = readTrustRoot(object);
  if (kind !== 'sigstoreKeys') {
    tally.pass();
    return;
  }
  const goldens = readdirSync(golden);
  const holds = (file: string, logs: readonly TrustedLog[] = []): boolean => {
    if (!goldens.includes(file)) return true;
    const wanted = publicKeyFromPem(readFileSync(join(golden, file), 'utf8')).spki;
    return logs.some(({ key }) => Buffer.compare(key.spki, wanted) === 0);
  };
  if (!holds('rekor.pem', trusted?.transparencyLogs)) tally.fail(id, 'the key of the log is another');
  else if (!holds('ctfe.pem', trusted?.certificateLogs))
    tally.fail(id, 'the key of the log of certificates is another');
  else tally.pass();
}
