import {
  decodeUtf8,
  encodeUtf8,
  numberFromBigInt,
  objectOf,
  type RegoObject,
  type RegoValue,
} from '../values/index.ts';
import { type BuiltinArguments, type BuiltinContext, type BuiltinFamily, builtinError } from './builtin.ts';
import { cached } from './cache.ts';
import { operand, stringOperand } from './operands.ts';

/** UUIDs (RFC 4122), written with or without hyphens, braces or `urn:uuid:`. */

const hyphenated = /^([\da-f]{8})-([\da-f]{4})-([\da-f]{4})-([\da-f]{4})-([\da-f]{12})/i;

/** The 16 bytes, or undefined. Of what stands in 38 bytes only the middle is looked at. */
function parseBytes(text: string): Uint8Array | undefined {
  const digits = digitsOf(text);
  if (digits === undefined) return undefined;
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

function digitsOf(text: string): string | undefined {
  const bytes = encodeUtf8(text);
  switch (bytes.length) {
    case 32:
      return /^[\da-f]{32}$/i.test(text) ? text : undefined;
    case 36:
      return joined(text);
    case 38:
      return joined(decodeUtf8(bytes.subarray(1)));
    case 45:
      return /^urn:uuid:/i.test(text) ? joined(text.slice(9)) : undefined;
  }
  return undefined;
}

function joined(text: string): string | undefined {
  return hyphenated.exec(text)?.slice(1, 6).join('');
}

function variantOf(bits: number): string {
  if ((bits & 0xc0) === 0x80) return 'RFC4122';
  if ((bits & 0xe0) === 0xc0) return 'Microsoft';
  return (bits & 0xe0) === 0xe0 ? 'Future' : 'Reserved';
}

const domains = ['Person', 'Group', 'Org'];

function parse(args: BuiltinArguments): RegoObject | undefined {
  const bytes = parseBytes(stringOperand(args, 1));
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer);
  const version = view.getUint8(6) >> 4;
  const out = objectOf([
    ['version', version],
    ['variant', variantOf(view.getUint8(8))],
  ]);
  if (version === 1 || version === 2) addTimeBased(out, bytes, view);
  if (version !== 2) return out;
  const domain = view.getUint8(9);
  return out.set('id', view.getUint32(0)).set('domain', domains[domain] ?? `Domain${domain}`);
}

/** 100 ns from the start of the Gregorian calendar to 1970. */
const gregorianOffset = 122_192_928_000_000_000n;

function addTimeBased(out: RegoObject, bytes: Uint8Array, view: DataView): void {
  const time =
    (BigInt(view.getUint16(6) & 0xfff) << 48n) |
    (BigInt(view.getUint16(4)) << 32n) |
    BigInt(view.getUint32(0));
  const node = Array.from(bytes.subarray(10), (byte) => byte.toString(16).padStart(2, '0'));
  const first = view.getUint8(10);
  const scope = (first & 2) === 0 ? 'global' : 'local';
  out
    .set('time', numberFromBigInt((time - gregorianOffset) * 100n))
    .set('nodeid', node.join('-'))
    .set('macvariables', `${scope}:${(first & 1) === 0 ? 'unicast' : 'multicast'}`)
    .set('clocksequence', view.getUint16(8) & 0x3fff);
}

/** A random UUID, the same for the same argument within an evaluation. */
function make(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  return cached(context, 'uuid.rfc4122', operand(args, 1), () => {
    const bytes = context.host.randomBytes?.(16);
    if (bytes === undefined) throw builtinError('the host gives no random bytes');
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  });
}

export const uuid: BuiltinFamily = { 'uuid.parse': parse, 'uuid.rfc4122': make };
