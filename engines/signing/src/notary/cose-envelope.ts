import type { JsonValue } from '@keelson/core';
import {
  algorithmNumber,
  type CborKey,
  type CborMap,
  CborTag,
  type CborValue,
  coseLabels,
  readCoseSign1,
  sign1Input,
  verifyCoseSign1,
  writeCbor,
  writeCose,
  x5chainOf,
} from '@keelson/envelopes';
import { algorithmOfKey } from './algorithms.ts';
import { attributeNames, type NotaryEnvelope, notaryMediaTypes } from './attributes.ts';
import { chainFrom } from './certificate-rules.ts';
import { invalidEnvelope, unsupported } from './faults.ts';
import { mustBeCritical, type RawAttributes, signedAttributes } from './signed-attributes.ts';
import type { EnvelopeContent, UnsignedEnvelope } from './write-envelope.ts';

/** Tag of a time in seconds since the epoch (RFC 8949, 3.4.2). */
const timeTag = 1;

const known: ReadonlySet<CborKey> = new Set<CborKey>([
  coseLabels.alg,
  coseLabels.crit,
  coseLabels.contentType,
  attributeNames.signingScheme,
  attributeNames.signingTime,
  attributeNames.authenticSigningTime,
  attributeNames.expiry,
]);

/** @throws SigningError, EnvelopeError, PkiError; signature-envelope-cose.md */
export function readCoseEnvelope(bytes: Uint8Array): NotaryEnvelope {
  const message = readCoseSign1(bytes, { tag: 'required' });
  const { unprotected } = message;
  const chain = chainFrom(x5chainOf({ ...message, protected: new Map() }));
  const algorithm = algorithmOfKey(chain[0].publicKey);
  const named = algorithmNumber(message);
  if (named !== algorithm.cose)
    throw unsupported(
      `its algorithm is ${String(named).slice(0, 40)}, and that of the key ${algorithm.cose}`,
    );
  const { raw, labels } = rawAttributes(message.protected);
  const payload = verifyCoseSign1(message, {
    key: chain[0].publicKey,
    algorithms: [algorithm.cose],
    // Whoever verifies the attributes says which he understands; here they only have to be there.
    understood: labels,
  });
  const timestamp = unprotected.get(attributeNames.timestampSignature);
  if (timestamp !== undefined && !(timestamp instanceof Uint8Array))
    throw invalidEnvelope('the timestamp is no byte string');
  const agent = unprotected.get(attributeNames.signingAgent);
  return {
    format: 'cose',
    payload,
    attributes: signedAttributes(raw),
    algorithm,
    chain,
    signature: message.signature,
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(typeof agent === 'string' ? { signingAgent: agent } : {}),
  };
}

/** The attributes of a protected header, and the labels that are critical there. */
export function rawAttributes(header: CborMap): { raw: RawAttributes; labels: readonly CborKey[] } {
  const labels = criticalLabels(header.get(coseLabels.crit));
  const others = new Map<string, JsonValue>();
  for (const [label, value] of header) {
    if (known.has(label)) continue;
    // The attributes of the Notary Project and of its plugins have texts for names, and simple values.
    const simple = simpleValue(value);
    if (typeof label === 'string' && simple !== undefined) others.set(label, simple);
    else if (labels.includes(label))
      throw invalidEnvelope(`the critical label ${String(label).slice(0, 60)} cannot be read`);
  }
  const raw = {
    contentType: text(header, coseLabels.contentType),
    scheme: text(header, attributeNames.signingScheme),
    signingTime: time(header, attributeNames.signingTime),
    authenticSigningTime: time(header, attributeNames.authenticSigningTime),
    expiry: time(header, attributeNames.expiry),
    others,
    critical: labels.filter((label) => typeof label === 'string'),
  };
  return { raw, labels };
}

function criticalLabels(value: CborValue): readonly CborKey[] {
  const list: readonly CborValue[] = Array.isArray(value) ? value : [];
  return list.map((label) => {
    if (typeof label === 'number' || typeof label === 'bigint' || typeof label === 'string') return label;
    throw invalidEnvelope('crit is no list of labels');
  });
}

function simpleValue(value: CborValue): JsonValue | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null ? null : undefined;
}

function text(header: CborMap, label: CborKey): string {
  const value = header.get(label);
  if (typeof value === 'string') return value;
  throw invalidEnvelope(`${label} is ${value === undefined ? 'missing' : 'no text'}`);
}

/** In milliseconds. Only whole seconds are written. */
function time(header: CborMap, label: string): number | undefined {
  if (!header.has(label)) return undefined;
  const value = header.get(label);
  const seconds = value instanceof CborTag && value.tag === timeTag ? value.value : undefined;
  if (typeof seconds !== 'number' || Math.abs(seconds) > 1e11) throw invalidEnvelope(`${label} is no time`);
  return seconds * 1_000;
}

/** The signed header as notation writes it: keys in the order of RFC 7049, 3.9, the shorter ones first. */
export function coseProtectedHeader({ attributes, algorithm }: EnvelopeContent): CborMap {
  const { scheme, signingTime, expiry, extended } = attributes;
  const critical = [
    ...mustBeCritical(scheme, expiry !== undefined),
    ...extended.filter(({ isCritical }) => isCritical).map(({ name }) => name),
  ];
  const timeName =
    scheme === 'notary.x509' ? attributeNames.signingTime : attributeNames.authenticSigningTime;
  return ordered([
    [coseLabels.alg, algorithm.cose],
    [coseLabels.crit, critical],
    [coseLabels.contentType, notaryMediaTypes.payload],
    [attributeNames.signingScheme, scheme],
    [timeName, new CborTag(timeTag, Math.floor(signingTime / 1_000))],
    ...(expiry === undefined
      ? []
      : [[attributeNames.expiry, new CborTag(timeTag, Math.floor(expiry / 1_000))] as const]),
    ...extended.map(({ name, value }) => [name, cborOf(value, name)] as const),
  ]);
}

function ordered(entries: readonly (readonly [CborKey, CborValue])[]): CborMap {
  const keyed = entries.map(([label, value]) => ({ label, value, key: Buffer.from(writeCbor(label)) }));
  keyed.sort((a, b) => a.key.length - b.key.length || a.key.compare(b.key));
  return new Map(keyed.map(({ label, value }) => [label, value]));
}

function cborOf(value: JsonValue, name: string): CborValue {
  if (value === null || typeof value !== 'object') return value;
  throw invalidEnvelope(`the attribute ${name} has no simple value`);
}

export function coseParts(content: EnvelopeContent): UnsignedEnvelope {
  const { payload } = content;
  const map = coseProtectedHeader(content);
  const headers = { protectedBytes: writeCbor(map), protected: map, unprotected: new Map() };
  return {
    toBeSigned: sign1Input({ ...headers, payload }),
    write(signature, { chain, timestamp, signingAgent }) {
      const unprotected = ordered([
        ...(chain.length === 0 ? [] : [[coseLabels.x5chain, chain.map(({ bytes }) => bytes)] as const]),
        ...(signingAgent === undefined ? [] : [[attributeNames.signingAgent, signingAgent] as const]),
        ...(timestamp === undefined ? [] : [[attributeNames.timestampSignature, timestamp] as const]),
      ]);
      return writeCose({ type: 'sign1', ...headers, unprotected, payload, signature });
    },
  };
}
