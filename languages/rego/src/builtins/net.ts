import { RegoError } from '../errors.ts';
import {
  emptySet,
  entriesSorted,
  isArray,
  isObjectValue,
  isSet,
  type RegoSet,
  type RegoValue,
  setOf,
} from '../values/index.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  BuiltinError,
  type BuiltinFamily,
  builtinError,
} from './builtin.ts';
import { cached } from './cache.ts';
import {
  contains,
  containsNetwork,
  formatAddress,
  type Network,
  parseAddress,
  parseNetwork,
} from './net/address.ts';
import { mergeNetworks } from './net/merge.ts';
import { countRequest, disallowedHost, isListed } from './network.ts';
import { checkSize, limitError, membersOf, operand, stringOperand, wrongType } from './operands.ts';

/** OPA counts every network as its first operand. */
function text(value: RegoValue): string {
  if (typeof value !== 'string') throw wrongType(1, value, 'string');
  return value;
}

function networkOf(value: RegoValue): Network {
  const given = text(value);
  const network = parseNetwork(given);
  if (network === undefined) throw builtinError(`invalid CIDR address: ${given}`);
  return network;
}

function cidrContains(outer: RegoValue, inner: RegoValue): boolean {
  const network = networkOf(outer);
  const given = text(inner);
  const address = parseAddress(given);
  if (address !== undefined) return contains(network, address);
  const other = parseNetwork(given);
  if (other === undefined)
    throw builtinError(`not a valid textual representation of an IP address or CIDR: ${given}`);
  return containsNetwork(network, other);
}

function intersects(args: BuiltinArguments): boolean {
  const a = networkOf(operand(args, 1));
  const b = networkOf(operand(args, 2));
  return contains(a, { bits: b.bits, value: b.base }) || contains(b, { bits: a.bits, value: a.base });
}

/** What is to be compared, each with what names it in the answer: a text itself, an index, a member, a key. */
function* namedNetworks(value: RegoValue, position: number): Generator<[cidr: RegoValue, name: RegoValue]> {
  const first = (item: RegoValue): RegoValue => {
    if (typeof item === 'string') return item;
    if (isArray(item) && item[0] !== undefined) return item[0];
    throw builtinError(`operand ${position}: element must be string or non-empty array`);
  };
  if (typeof value === 'string') yield [value, value];
  else if (isArray(value)) for (const [index, item] of value.entries()) yield [first(item), index];
  else if (isSet(value)) for (const item of value.sorted()) yield [first(item), item];
  else if (isObjectValue(value)) for (const [key, item] of entriesSorted(value)) yield [first(item), key];
}

function containsMatches(args: BuiltinArguments, context: BuiltinContext): RegoSet {
  const found: RegoValue[] = [];
  for (const [outer, outerName] of namedNetworks(operand(args, 1), 1)) {
    for (const [inner, innerName] of namedNetworks(operand(args, 2), 2)) {
      context.chargeSteps(1);
      if (cidrContains(outer, inner)) found.push([outerName, innerName]);
    }
  }
  return setOf(found);
}

function expand(args: BuiltinArguments, context: BuiltinContext): RegoSet {
  const { bits, base, prefix } = networkOf(operand(args, 1));
  if (bits - prefix > 40) throw limitError('maxCollectionSize', context.limits.maxCollectionSize);
  const count = 2 ** (bits - prefix);
  checkSize(count, context);
  context.chargeSteps(count);
  const found: string[] = [];
  for (let i = 0; i < count; i++) found.push(formatAddress({ bits, value: base + BigInt(i) }));
  return setOf(found);
}

/** The network of a text; one IPv4 address stands for itself with the mask of its old class. */
function mergeable(value: RegoValue): Network {
  if (typeof value !== 'string') throw builtinError('element must be string');
  const address = parseAddress(value);
  if (address === undefined) return networkOf(value);
  if (address.bits !== 32) throw builtinError('IPv6 invalid: needs prefix length');
  const top = address.value >> 24n;
  return { bits: 32, base: address.value, prefix: top < 128n ? 8 : top < 192n ? 16 : 24 };
}

function merge(args: BuiltinArguments): RegoSet {
  const members = membersOf(operand(args, 1));
  if (members === undefined) throw builtinError('operand must be an array');
  return members.length === 0 ? emptySet : setOf(mergeNetworks(members.map(mergeable)));
}

/** The addresses of a name, asked for once in an evaluation. */
function lookUp(args: BuiltinArguments, context: BuiltinContext): RegoValue {
  const name = stringOperand(args, 1);
  return cached(context, 'net.lookup_ip_addr', name, () => {
    const { host } = context;
    const isAllowed = host.httpHosts === undefined || isListed(name, host.httpHosts);
    if (host.lookUpAddresses === undefined || !isAllowed) throw disallowedHost(name, host);
    countRequest(context);
    try {
      return setOf(host.lookUpAddresses(name));
    } catch (error) {
      throw lookUpError(error);
    }
  });
}

/** Of a name that is not there built-ins tell; a look-up that takes too long ends the evaluation, as in OPA. */
function lookUpError(error: unknown): unknown {
  if (error instanceof BuiltinError || error instanceof RegoError || !(error instanceof Error)) return error;
  if (error.name !== 'TimeoutError') return builtinError(error.message);
  return new RegoError('eval_cancel_error', `net.lookup_ip_addr: ${error.message}`);
}

function isValid(args: BuiltinArguments): boolean {
  const given = operand(args, 1);
  return typeof given === 'string' && parseNetwork(given) !== undefined;
}

const containsCall = (args: BuiltinArguments): boolean => cidrContains(operand(args, 1), operand(args, 2));

export const net: BuiltinFamily = {
  'net.cidr_contains': containsCall,
  'net.cidr_contains_matches': containsMatches,
  'net.cidr_expand': expand,
  'net.cidr_intersects': intersects,
  'net.cidr_is_valid': isValid,
  'net.cidr_merge': merge,
  'net.cidr_overlap': containsCall,
  'net.lookup_ip_addr': lookUp,
};
