import {
  childOf,
  createObject,
  decodeBase64,
  type JsonObject,
  type JsonValue,
  stringifyJson,
} from '@keelson/core';
import { algorithmOf, readJws, verifyJws, x5cOf } from '@keelson/envelopes';
import { fieldsOf, optionalTime } from '../fields.ts';
import { algorithmOfKey } from './algorithms.ts';
import { attributeNames, type NotaryEnvelope, notaryMediaTypes } from './attributes.ts';
import { chainFrom } from './certificate-rules.ts';
import { invalidEnvelope, unsupported } from './faults.ts';
import { mustBeCritical, type RawAttributes, signedAttributes } from './signed-attributes.ts';
import type { EnvelopeContent, UnsignedEnvelope } from './write-envelope.ts';

/** Members of the signed header that are of JWS, or that are read by name. */
const known: ReadonlySet<string> = new Set<string>([
  'alg',
  'crit',
  'cty',
  attributeNames.signingScheme,
  attributeNames.signingTime,
  attributeNames.authenticSigningTime,
  attributeNames.expiry,
]);

/** @throws SigningError, EnvelopeError, PkiError; signature-envelope-jws.md */
export function readJwsEnvelope(bytes: Uint8Array): NotaryEnvelope {
  const jws = readJws(bytes);
  const [signature] = jws.signatures;
  if (signature === undefined || jws.serialization !== 'flattened')
    throw invalidEnvelope('it is no JSON Web Signature in flattened form');
  const { header } = signature;
  // With RFC 7797 others would read another payload.
  if (Object.hasOwn(signature.protected, 'b64')) throw invalidEnvelope('it has the header b64');
  const chain = chainFrom(x5cOf(header));
  const algorithm = algorithmOfKey(chain[0].publicKey);
  const named = algorithmOf(signature);
  if (named !== algorithm.jws)
    throw unsupported(
      `its algorithm is ${JSON.stringify(named.slice(0, 40))}, and that of the key ${algorithm.jws}`,
    );
  const raw = rawAttributes(signature.protected);
  verifyJws(signature, {
    key: chain[0].publicKey,
    algorithms: [algorithm.jws],
    // Whoever verifies the attributes says which he understands; here they only have to be there.
    understood: raw.critical,
  });
  const timestamp = timestampOf(header);
  const agent = childOf(header, attributeNames.signingAgent);
  return {
    format: 'jws',
    payload: jws.payload,
    attributes: signedAttributes(raw),
    algorithm,
    chain,
    signature: signature.signature,
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(typeof agent === 'string' ? { signingAgent: agent } : {}),
  };
}

function rawAttributes(header: JsonObject): RawAttributes {
  const fields = fieldsOf(header, 'the protected header', 'NOTARY_ENVELOPE_INVALID');
  // Elsewhere null is as good as nothing; here it would be an expiry that is critical and never comes.
  for (const name of known) if (header[name] === null) throw fields.invalid(name, 'is null');
  return {
    contentType: fields.text('cty'),
    scheme: fields.text(attributeNames.signingScheme),
    signingTime: optionalTime(fields, attributeNames.signingTime),
    authenticSigningTime: optionalTime(fields, attributeNames.authenticSigningTime),
    expiry: optionalTime(fields, attributeNames.expiry),
    others: new Map(Object.entries(header).filter(([name]) => !known.has(name))),
    critical: fields.texts('crit', 100),
  };
}

function timestampOf(header: JsonObject | undefined): Uint8Array | undefined {
  const value = childOf(header, attributeNames.timestampSignature);
  if (value === undefined || value === null) return undefined;
  const bytes = typeof value === 'string' ? decodeBase64(value, 'standard') : undefined;
  if (bytes === undefined) throw invalidEnvelope('the timestamp is no base64');
  return bytes;
}

/** The signed header as notation writes it: names in the order of their bytes. */
export function jwsProtectedHeader(content: EnvelopeContent): JsonObject {
  const { attributes, algorithm } = content;
  const { scheme, signingTime, expiry } = attributes;
  const [first = '', ...own] = mustBeCritical(scheme, expiry !== undefined);
  const extended = attributes.extended.filter(({ isCritical }) => isCritical).map(({ name }) => name);
  const members = new Map<string, JsonValue>([
    ['alg', algorithm.jws],
    ['crit', [first, ...extended, ...own]],
    ['cty', notaryMediaTypes.payload],
    [attributeNames.signingScheme, scheme],
    [
      scheme === 'notary.x509' ? attributeNames.signingTime : attributeNames.authenticSigningTime,
      rfc3339(signingTime),
    ],
    ...(expiry === undefined ? [] : [[attributeNames.expiry, rfc3339(expiry)] as const]),
    ...attributes.extended.map(({ name, value }) => [name, value] as const),
  ]);
  const header = createObject();
  for (const name of [...members.keys()].sort()) header[name] = members.get(name) ?? null;
  return header;
}

/** Without fractions of seconds, as everywhere in these signatures. */
function rfc3339(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

export function jwsParts(content: EnvelopeContent): UnsignedEnvelope {
  const encoded = base64url(Buffer.from(stringifyJson(jwsProtectedHeader(content))));
  const payload = base64url(content.payload);
  return {
    toBeSigned: Buffer.from(`${encoded}.${payload}`),
    write(signature, { chain, timestamp, signingAgent }) {
      const header = createObject();
      if (chain.length > 0) header['x5c'] = chain.map(({ bytes }) => Buffer.from(bytes).toString('base64'));
      if (timestamp !== undefined)
        header[attributeNames.timestampSignature] = Buffer.from(timestamp).toString('base64');
      if (signingAgent !== undefined) header[attributeNames.signingAgent] = signingAgent;
      return Buffer.from(
        stringifyJson({ payload, protected: encoded, header, signature: base64url(signature) }),
      );
    },
  };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
