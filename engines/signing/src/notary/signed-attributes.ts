import type { JsonValue } from '@keelson/core';
import {
  attributeNames,
  type ExtendedAttribute,
  notaryMediaTypes,
  type SignedAttributes,
  type SigningScheme,
  signingSchemes,
} from './attributes.ts';
import { invalidEnvelope, unsupported } from './faults.ts';

/** What an envelope has in its signed header, whatever its encoding. */
export interface RawAttributes {
  readonly contentType: string;
  readonly scheme: string;
  /** Milliseconds since the epoch. */
  readonly signingTime: number | undefined;
  readonly authenticSigningTime: number | undefined;
  readonly expiry: number | undefined;
  /** All others, and not those of the envelope's own standard. */
  readonly others: ReadonlyMap<string, JsonValue>;
  readonly critical: readonly string[];
}

/**
 * The attributes by the rules for both envelopes (signature-specification.md, signed attributes; signing-scheme.md).
 *
 * @throws SigningError NOTARY_ENVELOPE_INVALID, NOTARY_ENVELOPE_UNSUPPORTED
 */
export function signedAttributes(raw: RawAttributes): SignedAttributes {
  if (raw.contentType !== notaryMediaTypes.payload)
    throw unsupported(`the content type is ${JSON.stringify(raw.contentType.slice(0, 100))}`);
  const scheme = schemeFrom(raw.scheme);
  const signingTime = timeOf(raw, scheme);
  for (const name of mustBeCritical(scheme, raw.expiry !== undefined))
    if (!raw.critical.includes(name)) throw invalidEnvelope(`${name} is not critical`);
  const plugin = pluginAttribute(raw, attributeNames.verificationPlugin);
  const version = pluginAttribute(raw, attributeNames.verificationPluginMinVersion);
  if (version !== undefined && plugin === undefined)
    throw invalidEnvelope('the least version of a plugin is given, and no plugin');
  return {
    scheme,
    signingTime,
    ...(raw.expiry === undefined ? {} : { expiry: raw.expiry }),
    ...(plugin === undefined ? {} : { verificationPlugin: plugin }),
    ...(version === undefined ? {} : { verificationPluginMinVersion: version }),
    extended: [...extended(raw)],
  };
}

/** Those of the standard that a verifier may not pass over. */
export function mustBeCritical(scheme: SigningScheme, hasExpiry: boolean): readonly string[] {
  return [
    attributeNames.signingScheme,
    ...(scheme === 'notary.x509.signingAuthority' ? [attributeNames.authenticSigningTime] : []),
    ...(hasExpiry ? [attributeNames.expiry] : []),
  ];
}

function timeOf(raw: RawAttributes, scheme: SigningScheme): number {
  const [own, other] =
    scheme === 'notary.x509'
      ? (['signingTime', 'authenticSigningTime'] as const)
      : (['authenticSigningTime', 'signingTime'] as const);
  if (raw[other] !== undefined)
    throw invalidEnvelope(`${attributeNames[other]} is not of the scheme ${scheme}`);
  const time = raw[own];
  if (time === undefined) throw invalidEnvelope(`${attributeNames[own]} is missing`);
  return time;
}

function pluginAttribute({ others, critical }: RawAttributes, name: string): string | undefined {
  const value = others.get(name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '') throw invalidEnvelope(`${name} is no text`);
  if (!critical.includes(name)) throw invalidEnvelope(`${name} is not critical`);
  return value;
}

function* extended({ others, critical }: RawAttributes): Generator<ExtendedAttribute> {
  for (const [name, value] of others)
    if (name !== attributeNames.verificationPlugin && name !== attributeNames.verificationPluginMinVersion)
      yield { name, value, isCritical: critical.includes(name) };
}

function schemeFrom(text: string): SigningScheme {
  const scheme = signingSchemes.find((each) => each === text);
  if (scheme === undefined)
    throw unsupported(`the signing scheme ${JSON.stringify(text.slice(0, 60))} is not known`);
  return scheme;
}
