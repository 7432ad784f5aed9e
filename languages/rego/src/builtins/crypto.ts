import {
  decodeUtf8,
  encodeUtf8,
  getKey,
  isNumber,
  keysSorted,
  type RegoValue,
  toInt64,
} from '../values/index.ts';
import { encodeBase64 } from './base64.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  BuiltinError,
  type BuiltinFamily,
  builtinError,
} from './builtin.ts';
import type { Certificate } from './crypto/certificate.ts';
import { certificateJson } from './crypto/certificate.ts';
import { type ChainOptions, findChain } from './crypto/chain.ts';
import { listOrNull } from './crypto/general-names.ts';
import { cryptographyOf, fromBase64, pemStart, readCertificates, readPrivateKeys } from './crypto/input.ts';
import { parseKeyPair } from './crypto/key-pair.ts';
import { privateJwk, privateKeyJson } from './crypto/keys.ts';
import { nextPemBlock } from './crypto/pem.ts';
import { parseCertificateRequest } from './crypto/request.ts';
import type { DigestName } from './crypto-host.ts';
import { membersOf, objectOperand, stringOperand } from './operands.ts';

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function digest(name: DigestName): BuiltinFamily[string] {
  return (args, context) => hex(cryptographyOf(context).digest(name, encodeUtf8(stringOperand(args, 1))));
}

function hmac(name: DigestName): BuiltinFamily[string] {
  return (args, context) => {
    const [message, key] = [encodeUtf8(stringOperand(args, 1)), encodeUtf8(stringOperand(args, 2))];
    return hex(cryptographyOf(context).hmac(name, key, message));
  };
}

/** In time that does not depend on where the texts differ. */
function hmacEqual(args: BuiltinArguments): boolean {
  const [a, b] = [encodeUtf8(stringOperand(args, 1)), encodeUtf8(stringOperand(args, 2))];
  let difference = a.length ^ b.length;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}

/** With the texts of URLs beside Go's own fields. */
function withUrls(certificate: Certificate): RegoValue {
  const urls = (certificate.facts.names?.urls ?? []).map(({ text }) => text);
  const json = certificateJson(certificate);
  return { ...(typeof json === 'object' ? json : {}), URIStrings: listOrNull(urls) };
}

function parseCertificates(args: BuiltinArguments): RegoValue {
  return readCertificates(stringOperand(args, 1)).map(withUrls);
}

const unverified: RegoValue = [false, []];

function verify(
  text: string,
  context: BuiltinContext,
  options: () => Omit<ChainOptions, 'now'> & { readonly now?: number },
  show: (certificate: Certificate) => RegoValue,
): RegoValue {
  let certificates: readonly Certificate[];
  try {
    certificates = readCertificates(text);
  } catch (error) {
    if (error instanceof BuiltinError) return unverified;
    throw error;
  }
  const given = options();
  const now = given.now ?? currentSeconds(context);
  const chain = findChain(certificates, { ...given, now }, cryptographyOf(context));
  return chain === undefined ? unverified : [true, chain.map(show)];
}

function currentSeconds({ host }: BuiltinContext): number {
  if (host.now === undefined) throw builtinError('no clock is given');
  return Number(host.now()) / 1e9;
}

function parseAndVerify(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  return verify(stringOperand(args, 1), context, () => ({ dnsName: '', keyUsages: [] }), withUrls);
}

function parseAndVerifyWithOptions(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  const text = stringOperand(args, 1);
  objectOperand(args, 2);
  return verify(text, context, () => chainOptions(args), certificateJson);
}

const keyUsageNames: readonly string[] = [
  'KeyUsageAny',
  'KeyUsageServerAuth',
  'KeyUsageClientAuth',
  'KeyUsageCodeSigning',
  'KeyUsageEmailProtection',
  'KeyUsageIPSECEndSystem',
  'KeyUsageIPSECTunnel',
  'KeyUsageIPSECUser',
  'KeyUsageTimeStamping',
  'KeyUsageOCSPSigning',
  'KeyUsageMicrosoftServerGatedCrypto',
  'KeyUsageNetscapeServerGatedCrypto',
  'KeyUsageMicrosoftCommercialCodeSigning',
  'KeyUsageMicrosoftKernelCodeSigning',
];

function chainOptions(args: BuiltinArguments): Omit<ChainOptions, 'now'> & { now?: number } {
  const options = objectOperand(args, 2);
  const out: { dnsName: string; keyUsages: readonly number[]; now?: number } = { dnsName: '', keyUsages: [] };
  for (const key of keysSorted(options)) {
    const value = getKey(options, key) ?? null;
    if (typeof key !== 'string') continue;
    if (key === 'DNSName') {
      if (typeof value !== 'string') throw builtinError("'DNSName' should be a string");
      out.dnsName = value.replace(/^"+|"+$/g, '');
    } else if (key === 'CurrentTime') {
      if (!isNumber(value)) throw builtinError("'CurrentTime' should be a number");
      const nanoseconds = toInt64(value);
      if (nanoseconds === undefined) throw builtinError("'CurrentTime' should be a valid int64 number");
      out.now = Number(nanoseconds) / 1e9;
    } else if (key === 'MaxConstraintComparisons') {
      if (!isNumber(value)) throw builtinError("'MaxConstraintComparisons' should be a number");
      if (toInt64(value) === undefined)
        throw builtinError("'MaxConstraintComparisons' should be a valid number");
    } else if (key === 'KeyUsages') out.keyUsages = keyUsages(value);
    else throw builtinError('invalid key option');
  }
  return out;
}

function keyUsages(value: RegoValue): readonly number[] {
  const members = membersOf(value);
  if (members === undefined) throw builtinError("'KeyUsages' should be an Array or Set");
  const names = members.flatMap((name) => (typeof name === 'string' ? [name.replace(/^"+|"+$/g, '')] : []));
  const unknown = names.filter((name) => !keyUsageNames.includes(name));
  if (unknown.length > 0) throw builtinError(`invalid entries for 'KeyUsages' found: [${unknown.join(' ')}]`);
  return names.map((name) => keyUsageNames.indexOf(name));
}

function parseRequest(args: BuiltinArguments): RegoValue {
  const text = stringOperand(args, 1);
  const isPem = text.startsWith('-----BEGIN CERTIFICATE REQUEST-----');
  const bytes = isPem ? encodeUtf8(text) : fromBase64(text);
  const { block } = nextPemBlock(decodeUtf8(bytes));
  if (block !== undefined && block.type !== 'CERTIFICATE REQUEST')
    throw builtinError('invalid PEM-encoded certificate signing request');
  return parseCertificateRequest(block?.bytes ?? bytes);
}

/** PEM, made of base64 of PEM or DER where need be. */
function asPem(text: string, type: string, start: string): string {
  if (text.startsWith('-----BEGIN ')) return text;
  const bytes = fromBase64(text);
  const decoded = decodeUtf8(bytes);
  if (decoded.startsWith(start)) return decoded;
  return `-----BEGIN ${type}-----\n${encodeBase64(bytes, 'standard')}\n-----END ${type}-----\n`;
}

function keyPair(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  const certificate = stringOperand(args, 1);
  const key = args[1] ?? null;
  // OPA counts both as its first operand.
  const keyText = stringOperand([key], 1);
  const certificatePem = asPem(certificate, 'CERTIFICATE', '-----BEGIN ');
  return parseKeyPair(certificatePem, asPem(keyText, 'PRIVATE KEY', pemStart), cryptographyOf(context));
}

/** The first key as a JSON Web Key; null where there is none. */
function keyAsJwk(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  const text = stringOperand(args, 1);
  if (text === '') throw builtinError('input PEM data was empty');
  const pem = text.startsWith(pemStart) ? text : decodeUtf8(fromBase64(text));
  const [key] = readPrivateKeys(pem, cryptographyOf(context));
  return key === undefined ? null : privateJwk(key);
}

function parsePrivateKeys(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  const text = stringOperand(args, 1);
  return text === '' ? null : readPrivateKeys(text, cryptographyOf(context)).map(privateKeyJson);
}

export const crypto: BuiltinFamily = {
  'crypto.hmac.equal': hmacEqual,
  'crypto.hmac.md5': hmac('md5'),
  'crypto.hmac.sha1': hmac('sha1'),
  'crypto.hmac.sha256': hmac('sha256'),
  'crypto.hmac.sha512': hmac('sha512'),
  'crypto.md5': digest('md5'),
  'crypto.parse_private_keys': parsePrivateKeys,
  'crypto.sha1': digest('sha1'),
  'crypto.sha256': digest('sha256'),
  'crypto.x509.parse_and_verify_certificates': parseAndVerify,
  'crypto.x509.parse_and_verify_certificates_with_options': parseAndVerifyWithOptions,
  'crypto.x509.parse_certificate_request': parseRequest,
  'crypto.x509.parse_certificates': parseCertificates,
  'crypto.x509.parse_keypair': keyPair,
  'crypto.x509.parse_rsa_private_key': keyAsJwk,
};
