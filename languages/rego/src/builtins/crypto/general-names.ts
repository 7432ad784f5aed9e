import { decodeUtf8, type RegoValue } from '../../values/index.ts';
import { builtinError } from '../builtin.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { contextTag, DerReader, unsigned } from './der.ts';
import { type GoUrl, parseGoUrl } from './go-url.ts';

/** The names of a subject that Go reads (RFC 5280 section 4.2.1.6). */
export interface GeneralNames {
  readonly dnsNames: string[];
  readonly emails: string[];
  readonly addresses: Address[];
  readonly urls: GoUrl[];
}

const emailTag = contextTag(1);
const dnsTag = contextTag(2);
const urlTag = contextTag(6);
const addressTag = contextTag(7);

export function parseGeneralNames(der: Uint8Array): GeneralNames {
  const names: GeneralNames = { dnsNames: [], emails: [], addresses: [], urls: [] };
  const list = new DerReader(der).nested();
  while (!list.isEmpty) {
    const { tag, content } = list.element();
    if (tag === emailTag) names.emails.push(ascii(content, 'rfc822Name'));
    else if (tag === dnsTag) names.dnsNames.push(ascii(content, 'dNSName'));
    else if (tag === urlTag) names.urls.push(parseGoUrl(ascii(content, 'uniformResourceIdentifier')));
    else if (tag === addressTag) names.addresses.push(addressOf(content));
  }
  return names;
}

function ascii(content: Uint8Array, kind: string): string {
  if (content.some((byte) => byte > 127)) throw builtinError(`x509: SAN ${kind} is malformed`);
  return decodeUtf8(content);
}

function addressOf(content: Uint8Array): Address {
  if (content.length !== 4 && content.length !== 16)
    throw builtinError(`x509: cannot parse IP address of length ${content.length}`);
  return { bits: content.length === 4 ? 32 : 128, value: unsigned(content) };
}

/** One side of name constraints (RFC 5280 section 4.2.1.10). */
export interface Subtrees {
  readonly dnsDomains: string[];
  readonly emails: string[];
  readonly ranges: { readonly address: Uint8Array; readonly mask: Uint8Array }[];
  readonly urlDomains: string[];
}

export interface NameConstraints {
  readonly permitted: Subtrees;
  readonly excluded: Subtrees;
  /** There are kinds of names that are not known here. */
  readonly isPartial: boolean;
}

export function parseNameConstraints(der: Uint8Array): NameConstraints {
  const outer = new DerReader(der).nested();
  const kinds = [contextTag(0, true), contextTag(1, true)].map((tag) => outer.optional(tag)?.content);
  if (!outer.isEmpty) throw builtinError('x509: invalid NameConstraints extension');
  if (kinds.every((content) => content === undefined || content.length === 0))
    throw builtinError('x509: empty name constraints extension');
  let isPartial = false;
  const [permitted, excluded] = kinds.map((content) => {
    const trees: Subtrees = { dnsDomains: [], emails: [], ranges: [], urlDomains: [] };
    const list = new DerReader(content ?? new Uint8Array());
    while (!list.isEmpty) if (!addSubtree(trees, list.nested())) isPartial = true;
    return trees;
  });
  const none: Subtrees = { dnsDomains: [], emails: [], ranges: [], urlDomains: [] };
  return { permitted: permitted ?? none, excluded: excluded ?? none, isPartial };
}

function addSubtree(trees: Subtrees, subtree: DerReader): boolean {
  const { tag, content } = subtree.element();
  if (tag === dnsTag) trees.dnsDomains.push(ascii(content, 'dNSName'));
  else if (tag === emailTag) trees.emails.push(ascii(content, 'rfc822Name'));
  else if (tag === urlTag) trees.urlDomains.push(ascii(content, 'uniformResourceIdentifier'));
  else if (tag === addressTag) {
    const half = content.length / 2;
    if (half !== 4 && half !== 16)
      throw builtinError(`x509: IP constraint contained value of length ${content.length}`);
    trees.ranges.push({ address: content.subarray(0, half), mask: content.subarray(half) });
  } else return false;
  return true;
}

/** An empty list prints as null, as Go's nil slices do. */
export function listOrNull(items: readonly RegoValue[]): RegoValue {
  return items.length === 0 ? null : items;
}

export function addressText(bytes: Uint8Array): string {
  return formatAddress({ bits: bytes.length === 4 ? 32 : 128, value: unsigned(bytes) });
}
