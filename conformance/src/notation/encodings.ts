import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject, type JsonValue, parseJson, valueAt } from '@keelson/core';
import { isCborMap, readCbor, readCoseSign1, writeCbor } from '@keelson/envelopes';
import { issueCertificate, keyUsage } from '@keelson/pki';
import {
  algorithmOfKey,
  type EnvelopeContent,
  type NotaryFormat,
  notaryMediaTypes,
  notarySignerOf,
  prepareEnvelope,
  readNotaryEnvelope,
  signNotation,
} from '@keelson/signing';
import type { Tally } from '../suite.ts';
import { judge, judgeNow } from './judge.ts';

const agent = 'NotationConformanceTest/1.0.0';
const attribute = (name: string, value: string, isCritical: boolean) => ({ name, value, isCritical });

/** The encodings that the Notary Project gives, byte by byte (SOURCE.md says which inputs they have). */
export async function judgeEncodings(tally: Tally, dir: string): Promise<void> {
  judgeJws(tally, objectIn(join(dir, 'jws', 'testdata', 'conformance.json')));
  judgeCose(tally, objectIn(join(dir, 'cose', 'testdata', 'conformance.json')));
  for (const format of ['jws', 'cose'] as const)
    for (const [name, options] of keys)
      await judge(tally, `${format} signed with ${name}`, 'read', () => signedAndRead(format, options));
}

function objectIn(path: string): JsonObject {
  const value = parseJson(readFileSync(path, 'utf8'));
  if (!isObject(value)) throw new Error(`${path} holds no object`);
  return value;
}

function textAt(value: JsonValue, ...path: readonly string[]): string {
  const found = valueAt(value, path);
  if (typeof found === 'string') return found;
  throw new Error(`${path.join('.')} is no text`);
}

function judgeJws(tally: Tally, expected: JsonObject): void {
  const payload = Buffer.from('{"key":"hello JWS"}');
  const content: EnvelopeContent = {
    payload,
    attributes: {
      scheme: 'notary.x509',
      signingTime: Date.parse('2022-08-29T13:50:00Z'),
      expiry: Date.parse('2099-08-30T13:50:00Z'),
      extended: [
        attribute('signedCritKey1', 'signedCritValue1', true),
        ...['signedKey1', 'signedKey2', 'signedKey3', 'signedKey4'].map((name) =>
          attribute(name, 'signedValue1', false),
        ),
      ],
    },
    algorithm: algorithmOfKey(issue({ curve: 'P-256' }).certificate.publicKey),
  };
  const { toBeSigned, write } = prepareEnvelope('jws', content);
  const signed = `${textAt(expected, 'protected')}.${textAt(expected, 'payload')}`;
  judgeNow(tally, 'jws/conformance.json signed bytes', signed, () => Buffer.from(toBeSigned).toString());
  const signature = Buffer.from(textAt(expected, 'signature'), 'base64url');
  const whole = JSON.stringify(expected);
  judgeNow(tally, 'jws/conformance.json', whole, () =>
    Buffer.from(write(signature, { chain: [], signingAgent: agent })).toString(),
  );
}

function judgeCose(tally: Tally, expected: JsonObject): void {
  const payload = Buffer.from(textAt(expected, 'payload'), 'hex');
  const output = textAt(expected, 'expectedOutput', 'cborHex').toLowerCase();
  const seconds = (name: string) => Number(expected[name]) * 1_000;
  const content: EnvelopeContent = {
    payload,
    attributes: {
      scheme: 'notary.x509',
      signingTime: seconds('signingTime'),
      expiry: seconds('expiry'),
      extended: [
        attribute('signedCritKey1', 'signedCritValue1', true),
        attribute('signedKey1', 'signedValue1', false),
      ],
    },
    algorithm: algorithmOfKey(issue({ bits: 3072 }).certificate.publicKey),
  };
  const message = readCoseSign1(Buffer.from(output, 'hex'), { tag: 'required', isMinimal: true });
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  judgeNow(tally, 'cose/conformance.json', output, () =>
    hex(prepareEnvelope('cose', content).write(message.signature, { chain: [], signingAgent: agent })),
  );
  for (const [part, bytes] of [
    ['protectedHeaders', message.protectedBytes],
    ['unprotectedHeaders', writeCbor(message.unprotected)],
  ] as const) {
    const encoded = textAt(expected, part, 'cborHex').toLowerCase();
    judgeNow(tally, `cose/conformance.json ${part}`, encoded, () => hex(bytes));
    judgeNow(tally, `cose/conformance.json ${part} written again`, encoded, () => {
      const map = readCbor(Buffer.from(encoded, 'hex'), { isMinimal: true });
      return isCborMap(map) ? hex(writeCbor(map)) : 'no map';
    });
  }
}

type KeyOptions = { readonly curve: 'P-256' | 'P-384' | 'P-521' } | { readonly bits: number };
const keys: readonly (readonly [string, KeyOptions])[] = [
  ['P-256', { curve: 'P-256' }],
  ['P-384', { curve: 'P-384' }],
  ['P-521', { curve: 'P-521' }],
  ['RSA-2048', { bits: 2048 }],
  ['RSA-3072', { bits: 3072 }],
];

function issue(options: KeyOptions) {
  const { privateKey } =
    'curve' in options
      ? generateKeyPairSync('ec', { namedCurve: options.curve })
      : generateKeyPairSync('rsa', { modulusLength: options.bits });
  const certificate = issueCertificate({
    subject: [
      ['C', 'US'],
      ['ST', 'WA'],
      ['O', 'Notary'],
    ],
    key: privateKey,
    notBefore: Date.parse('2020-01-01T00:00:00Z'),
    notAfter: Date.parse('2120-01-01T00:00:00Z'),
    extensions: [keyUsage(['digitalSignature'])],
  });
  return { privateKey, certificate };
}

async function signedAndRead(format: NotaryFormat, options: KeyOptions): Promise<string> {
  const { privateKey, certificate } = issue(options);
  const { bytes } = await signNotation(
    { mediaType: 'text/plain', digest: `sha256:${'a'.repeat(64)}`, size: 1 },
    {
      format,
      signer: notarySignerOf(privateKey),
      chain: [certificate],
      signingTime: Date.parse('2022-08-29T13:50:00Z'),
    },
  );
  readNotaryEnvelope(bytes, notaryMediaTypes[format]);
  return 'read';
}
