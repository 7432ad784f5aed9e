import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type AttestationErrorCode, type RegistryKey, readRegistryKeys } from '@keelson/attestation';
import { isKeelsonError, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { type PublicKey, publicKeyFromPem } from '@keelson/pki';
import { readTrustedRoot, SigningError, type TrustedRoot } from '@keelson/signing';
import { judgeRow, keyOfSummary } from './slsa-verifier-rows.ts';
import { type Suite, Tally } from './suite.ts';

/** What the rows are judged by. */
export interface Trust {
  readonly trustedRoot: TrustedRoot;
  readonly registryKeys: readonly RegistryKey[];
  readonly cloudBuildKeys: ReadonlyMap<string, PublicKey>;
  readonly testRepositories: ReadonlySet<string>;
}

/** A row of `expected.jsonl`. */
export interface Row {
  readonly fields: JsonObject;
  readonly path: string;
  readonly document: Uint8Array;
  text(name: string): string | undefined;
}

/** What other programs' error classes are called here. */
const codes: ReadonlyMap<string, AttestationErrorCode> = new Map([
  ['MismatchSource', 'SOURCE_MISMATCH'],
  ['MismatchBranch', 'BRANCH_MISMATCH'],
  ['MismatchTag', 'TAG_MISMATCH'],
  ['MismatchVersionedTag', 'VERSIONED_TAG_MISMATCH'],
  ['MismatchBuilderID', 'BUILDER_MISMATCH'],
  ['MismatchWorkflowInputs', 'INPUTS_MISMATCH'],
  ['MismatchHash', 'SUBJECT_MISMATCH'],
  ['MismatchIntoto', 'TEXT_MISMATCH'],
  ['MismatchPackageName', 'PACKAGE_NAME_MISMATCH'],
  ['MismatchPackageVersion', 'PACKAGE_VERSION_MISMATCH'],
  ['UntrustedReusableWorkflow', 'BUILDER_UNTRUSTED'],
  ['InvalidRef', 'REF_INVALID'],
  ['InvalidBuilderID', 'BUILDER_INVALID'],
  ['VerifierNotSupported', 'BUILDER_UNSUPPORTED'],
  ['NotSupported', 'BUILDER_UNSUPPORTED'],
  ['InvalidRecipe', 'BUILD_TYPE_INVALID'],
  ['InvalidDssePayload', 'PROVENANCE_INVALID'],
  ['InvalidFormat', 'PROVENANCE_INVALID'],
  ['InvalidAttestations', 'NPM_ATTESTATIONS_INVALID'],
  ['NoValidSignature', 'PROVENANCE_UNSIGNED'],
]);

/** Classes of faults of the signature; which of them comes first depends on the order in which one looks. */
const ofSignature = new Set(['InvalidSignature', 'MismatchSignature', 'InvalidRekorEntry']);

/** Provenance as builders wrote it, with what another verifier says of it: accepted, or the class of its error. */
export const suite: Suite = {
  name: 'slsa-verifier',
  async run(dir) {
    const tally = new Tally();
    const trust = trustFrom(dir);
    const lines = readFileSync(join(dir, 'expected.jsonl'), 'utf8').split('\n');
    let inPart = 0;
    let withoutKey = 0;
    for (const [at, line] of lines.entries()) {
      if (line === '') continue;
      const row = rowFrom(JSON.parse(line), dir);
      // Where the public log would have to be asked, the signature counts at a clock within the certificate's ten minutes alone.
      const isInPart = row.text('material') === 'dsse-cert';
      if (isInPart) inPart++;
      if (row.text('publicKey') !== undefined && keyOfSummary(row) === undefined) withoutKey++;
      const reason =
        (isInPart ? noTimeFault(row, trust) : undefined) ??
        verdictFault(
          row,
          faultOf(() => judgeRow(row, trust, isInPart)),
        );
      if (reason === undefined) tally.pass();
      else tally.fail(`line ${at + 1} ${row.text('id')} ${row.path}`, reason);
    }
    tally.notes.push(
      `${inPart} envelopes have no log entry: refused for want of a trusted time, then judged at a clock within their certificate`,
    );
    if (withoutKey > 0)
      tally.notes.push(
        `the key of ${withoutKey} summaries is not in the corpus: they are judged as signed again, with a key of the suite`,
      );
    return tally;
  },
};

function noTimeFault(row: Row, trust: Trust): string | undefined {
  const fault = faultOf(() => judgeRow(row, trust, false));
  return isKeelsonError(fault) && fault.code === 'TIME_MISSING'
    ? undefined
    : `was not refused for want of a trusted time: ${String(fault)}`;
}

function verdictFault(row: Row, fault: unknown): string | undefined {
  const expected = row.text('expect') ?? '';
  if (expected === 'ok') return fault === undefined ? undefined : describe(fault);
  // Its maker's log no longer has the entry: nothing that the envelope itself holds is wrong with it but who built.
  if (expected === 'RekorSearch') return fault === undefined ? 'was accepted' : undefined;
  if (fault === undefined) return `was accepted, not refused with ${expected}`;
  if (!isKeelsonError(fault)) return `was refused without a typed error: ${describe(fault)}`;
  if (ofSignature.has(expected) ? fault instanceof SigningError : codes.get(expected) === fault.code)
    return undefined;
  return `was refused with ${describe(fault)}, not ${expected}`;
}

function describe(fault: unknown): string {
  return isKeelsonError(fault) ? `${fault.code} (${fault.message})` : String(fault);
}

function faultOf(judge: () => void): unknown {
  try {
    judge();
    return undefined;
  } catch (error) {
    return error;
  }
}

function rowFrom(fields: JsonValue, dir: string): Row {
  if (!isObject(fields)) throw new Error('a row is no object');
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' ? value : undefined;
  };
  const path = join(dir, text('provenance') ?? '');
  return { fields, path, document: readFileSync(path), text };
}

function trustFrom(dir: string): Trust {
  const builders: JsonValue = JSON.parse(readFileSync(join(dir, 'builders.json'), 'utf8'));
  const tests = isObject(builders) ? builders['testingSourceRepositories'] : undefined;
  return {
    trustedRoot: readTrustedRoot(
      readFileSync(join(dirname(dir), 'sigstore-conformance', 'trusted_root.prod.json')),
    ),
    registryKeys: readRegistryKeys(readFileSync(join(dir, 'npm-keys.json'))),
    cloudBuildKeys: cloudBuildKeys(join(dir, 'verifiers/internal/gcb/keys/materials')),
    testRepositories: new Set((Array.isArray(tests) ? tests : []).map(String)),
  };
}

const keyRing = (location: string, key: string) =>
  `projects/verified-builder/locations/${location}/keyRings/attestor/cryptoKeys/${key}/cryptoKeyVersions/1`;

/** The corpus keeps keys by region, or as `global-pae-<key>_1`. */
function cloudBuildKeys(folder: string): ReadonlyMap<string, PublicKey> {
  const keys = new Map<string, PublicKey>();
  for (const file of readdirSync(folder)) {
    const name = file.replace(/\.key$/, '');
    const global = /^global-pae-(.+)_1$/.exec(name)?.[1];
    const id = global === undefined ? keyRing(name, 'builtByGCB') : keyRing('global', global);
    keys.set(id, publicKeyFromPem(readFileSync(join(folder, file), 'utf8')));
  }
  return keys;
}
