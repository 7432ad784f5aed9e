import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKeelsonError, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import {
  coseAlgorithms,
  type Jwk,
  readCoseSign,
  readCoseSign1,
  readJwk,
  sign1Input,
  signInput,
  verifyCoseSign1,
  verifyCoseSignature,
  x5chainOf,
} from '@keelson/envelopes';
import { readCertificate } from '@keelson/pki';
import { type Suite, Tally } from './suite.ts';

/**
 * Signatures of cose-wg/Examples: a case without `fail` verifies and its to-be-signed bytes are those that the file
 * says, with the key and with the certificate that it carries; a case with `fail` is refused with an error of the package.
 */
export const suite: Suite = {
  name: 'cose',
  async run(dir) {
    const tally = new Tally();
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!name.endsWith('.json')) continue;
      const example: JsonValue = JSON.parse(readFileSync(join(dir, name), 'utf8'));
      if (!isObject(example) || !isObject(example['input'])) continue;
      const { sign, sign0 } = example['input'];
      const signed = isObject(sign) ? sign : sign0;
      if (isObject(signed)) judge(tally, name, example, signed, isObject(sign));
    }
    return tally;
  },
};

function judge(tally: Tally, id: string, example: JsonObject, signed: JsonObject, isSign: boolean): void {
  try {
    const fault = isSign ? faultOfSign(example, signed) : faultOfSign1(example, signed);
    if (fault !== undefined) tally.fail(id, fault);
    else if (example['fail'] === true) tally.fail(id, 'was accepted');
    else tally.pass();
  } catch (error) {
    if (example['fail'] === true && isKeelsonError(error)) tally.pass();
    else tally.fail(id, String(error));
  }
}

const algorithms = [...coseAlgorithms.values()];

function faultOfSign1(example: JsonObject, signed: JsonObject): string | undefined {
  const message = readCoseSign1(outputOf(example));
  const context = contextOf(signed);
  // What is refused must be refused by the check itself, so its to-be-signed bytes are not looked at.
  const fault =
    example['fail'] === true
      ? undefined
      : differenceOf(sign1Input(message, context), textAt(example['intermediates'], 'ToBeSign_hex'));
  const key = keyOf(signed['key']).keyObject;
  verifyCoseSign1(message, { key, algorithms, allowUnprotectedAlgorithm: true, ...context });
  return fault;
}

function faultOfSign(example: JsonObject, signed: JsonObject): string | undefined {
  const message = readCoseSign(outputOf(example));
  const signers = objectsIn(signed['signers']);
  const expected = isObject(example['intermediates']) ? objectsIn(example['intermediates']['signers']) : [];
  if (signers.length !== message.signatures.length) return `has ${message.signatures.length} signatures`;
  for (const [at, signature] of message.signatures.entries()) {
    const context = contextOf(signers[at] ?? {});
    const key = keyOf(signers[at]?.['key']).keyObject;
    const options = { algorithms, allowUnprotectedAlgorithm: true, ...context };
    verifyCoseSignature(message, signature, { key, ...options });
    const [certificate] = x5chainOf(signature) ?? [];
    if (certificate !== undefined)
      verifyCoseSignature(message, signature, { key: readCertificate(certificate).publicKey, ...options });
    if (example['fail'] === true) continue;
    const fault = differenceOf(signInput(message, signature, context), textAt(expected[at], 'ToBeSign_hex'));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function differenceOf(input: Uint8Array, expected: string): string | undefined {
  const actual = Buffer.from(input).toString('hex');
  return actual === expected.toLowerCase() ? undefined : `is signed over ${actual}`;
}

function contextOf(signer: JsonObject): { externalAad?: Uint8Array } {
  const external = signer['external'];
  return typeof external === 'string' ? { externalAad: Buffer.from(external, 'hex') } : {};
}

function outputOf(example: JsonObject): Uint8Array {
  return Buffer.from(textAt(example['output'], 'cbor'), 'hex');
}

/** The examples write some members in hex, and `EC2` as COSE does. */
function keyOf(value: JsonValue | undefined): Jwk {
  const members: JsonObject = {};
  for (const [name, member] of Object.entries(isObject(value) ? value : {})) {
    if (name.endsWith('_hex'))
      members[name.slice(0, -4)] = Buffer.from(String(member), 'hex').toString('base64url');
    else members[name] = member === 'EC2' ? 'EC' : member;
  }
  return readJwk(members);
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : [];
}

function textAt(value: JsonValue | undefined, name: string): string {
  return isObject(value) ? String(value[name]) : '';
}
