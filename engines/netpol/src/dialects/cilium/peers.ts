import type { JsonObject, JsonValue, Path } from '@keelson/core';
import { allOf, anyOf, noEndpoints, noneOf } from '../../model/matcher.ts';
import type { Direction, PeerMatch } from '../../model/policy.ts';
import { type AddressFamily, allAddresses } from '../../sets/addresses.ts';
import { FieldFault, listAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import { cidrPeers, cidrSetPeers } from './cidrs.ts';
import type { CiliumContext } from './context.ts';
import { entities } from './entities.ts';
import { selectsLabels } from './label-match.ts';
import { asksReserved, managedPods, nodeSelector, peerSelector } from './selector.ts';
import { servicePeers } from './services.ts';

type PeerReader = (value: JsonValue | undefined, path: Path, context: CiliumContext) => PeerMatch[];

/** Fields that name peers, without the `from` or `to` before them. A rule has at most one. */
const readers: ReadonlyMap<string, PeerReader> = new Map<string, PeerReader>([
  ['Endpoints', endpointPeers],
  ['Entities', entityPeers],
  ['CIDR', cidrPeers],
  ['CIDRSet', cidrSetPeers],
  ['Nodes', nodePeers],
  ['Groups', groupPeers],
  ['Services', servicePeers],
  ['FQDNs', namePeers],
]);

const egressOnly: ReadonlySet<string> = new Set(['Services', 'FQDNs']);

/** By direction, the fields of a rule that name peers. */
export function peerFields(direction: Direction): readonly string[] {
  const names = [...readers.keys()].filter((name) => direction === 'egress' || !egressOnly.has(name));
  return names.map((name) => `${direction === 'egress' ? 'to' : 'from'}${name}`);
}

/**
 * The peers of a rule; undefined where it names none. A field that is there and empty chooses nothing.
 * @throws FieldFault
 */
export function peersOf(
  rule: JsonObject,
  direction: Direction,
  path: Path,
  context: CiliumContext,
): PeerMatch[] | undefined {
  const given = peerFields(direction).filter((field) => listAt(rule[field], [...path, field]) !== undefined);
  const filled = given.filter((field) => listAt(rule[field], [...path, field])?.length !== 0);
  if (filled.length > 1) throw new FieldFault(path, `may not name peers by both ${filled.join(' and ')}`);
  if (given.length > filled.length) return [];
  const [field] = filled;
  if (field === undefined) return undefined;
  const read = readers.get(field.replace(/^(from|to)/, ''));
  return read?.(rule[field], [...path, field], context);
}

/** Endpoints that miss a requirement of `fromRequires` or `toRequires`; nothing where there is none. */
export function peersMissing(
  rule: JsonObject,
  direction: Direction,
  path: Path,
  context: CiliumContext,
): PeerMatch[] {
  const field = direction === 'egress' ? 'toRequires' : 'fromRequires';
  const items = mappingsAt(rule[field], [...path, field]) ?? [];
  if (items.length === 0) return [];
  const required = items.map((item) => peerSelector(item.value, item.path, context.scope));
  return [{ type: 'endpoints', matcher: allOf(managedPods, noneOf(allOf(...required))) }];
}

function endpointPeers(value: JsonValue | undefined, path: Path, { scope }: CiliumContext): PeerMatch[] {
  const items = mappingsAt(value, path) ?? [];
  const matchers = items.map((item) => peerSelector(item.value, item.path, scope));
  return [
    { type: 'endpoints', matcher: anyOf(...matchers) },
    ...items.flatMap((item) => outsideChosen(item.value)),
  ];
}

/** Addresses outside are the world to Cilium and have its reserved labels, which selectors may ask for. */
function outsideChosen(selector: JsonObject): PeerMatch[] {
  if (!asksReserved(selector)) return [];
  const families: readonly AddressFamily[] = [4, 6];
  const chosen = families.filter((family) =>
    selectsLabels(
      selector,
      new Map([
        ['world', ''],
        [`world-ipv${family}`, ''],
      ]),
    ),
  );
  if (chosen.length === 0) return [];
  return [{ type: 'addresses', ranges: chosen.map(allAddresses), except: [], endpoints: false }];
}

function entityPeers(value: JsonValue | undefined, path: Path): PeerMatch[] {
  return (listAt(value, path) ?? []).flatMap((each, i) => {
    const peers = entities.get(textAt(each, [...path, i]) ?? '');
    if (peers === undefined)
      throw new FieldFault([...path, i], `is not an entity: ${[...entities.keys()].join(', ')}`);
    return peers;
  });
}

function nodePeers(value: JsonValue | undefined, path: Path, context: CiliumContext): PeerMatch[] {
  const matchers = (mappingsAt(value, path) ?? []).map((item) => {
    if (Object.keys(item.value).length > 0)
      context.warn(item.path, 'speaks of labels of nodes, which Pods of their network do not tell');
    return nodeSelector(item.value, item.path);
  });
  return [{ type: 'endpoints', matcher: anyOf(...matchers) }];
}

function groupPeers(value: JsonValue | undefined, path: Path, context: CiliumContext): PeerMatch[] {
  for (const item of mappingsAt(value, path) ?? []) onlyFields(item.value, ['aws'], item.path);
  context.warn(
    path,
    'speaks of groups of a cloud, whose addresses the input does not tell: it matches nothing here',
  );
  return [{ type: 'endpoints', matcher: noEndpoints }];
}

/** What a name of `toFQDNs` is made of (Cilium, "DNS based"): the wildcard stands for letters of one label. */
const nameForm = /^[-a-zA-Z0-9_.]+$/;
const patternForm = /^[-a-zA-Z0-9_.*]+$/;

/**
 * Reads one item that names hosts.
 * @throws FieldFault
 */
export function hostName(item: JsonObject, path: Path): { name: string; isPattern: boolean } {
  onlyFields(item, ['matchName', 'matchPattern'], path);
  const name = textAt(item['matchName'], [...path, 'matchName']) ?? '';
  const pattern = textAt(item['matchPattern'], [...path, 'matchPattern']) ?? '';
  if ((name === '') === (pattern === '')) throw new FieldFault(path, 'needs one of matchName, matchPattern');
  const isPattern = pattern !== '';
  if (!(isPattern ? patternForm : nameForm).test(isPattern ? pattern : name))
    throw new FieldFault([...path, isPattern ? 'matchPattern' : 'matchName'], 'is not a name of DNS');
  return { name: (isPattern ? pattern : name).toLowerCase().replace(/\.$/, ''), isPattern };
}

function namePeers(value: JsonValue | undefined, path: Path, context: CiliumContext): PeerMatch[] {
  const names = (mappingsAt(value, path) ?? []).map((item) => hostName(item.value, item.path));
  const known = names.map(({ name, isPattern }) => (isPattern ? undefined : context.addressesOf(name)));
  if (known.includes(undefined))
    context.warn(path, 'speaks of names, whose addresses the input does not tell: it matches nothing here');
  const ranges = known.flatMap((own) => own ?? []);
  return ranges.length === 0
    ? [{ type: 'endpoints', matcher: noEndpoints }]
    : [{ type: 'addresses', ranges, except: [], endpoints: false }];
}
