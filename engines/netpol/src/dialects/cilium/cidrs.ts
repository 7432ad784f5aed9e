import { isKeelsonError, isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import type { PeerMatch } from '../../model/policy.ts';
import { ownLabels } from '../../model/read-cluster.ts';
import { type AddressRange, parseCidr } from '../../sets/addresses.ts';
import { cidrAt, FieldFault, listAt, mappingsAt, onlyFields, textAt } from '../fields.ts';
import { labelSelector } from '../label-selector.ts';
import type { CiliumContext } from './context.ts';
import { selectsLabels } from './label-match.ts';

/** Items of `fromCIDR` or `toCIDR`, which may be single addresses. They never match Pods or nodes. */
export function cidrPeers(value: JsonValue | undefined, path: Path, context: CiliumContext): PeerMatch[] {
  const ranges = (listAt(value, path) ?? []).map((each, i) => cidr(each, [...path, i], context, true));
  return ranges.length === 0 ? [] : [outside(ranges)];
}

/** Items of `fromCIDRSet` or `toCIDRSet`: an exception counts for its own item only. */
export function cidrSetPeers(value: JsonValue | undefined, path: Path, context: CiliumContext): PeerMatch[] {
  return (mappingsAt(value, path) ?? []).map((item) => cidrSetPeer(item.value, item.path, context));
}

const sources = ['cidr', 'cidrGroupRef', 'cidrGroupSelector'] as const;

function cidrSetPeer(item: JsonObject, path: Path, context: CiliumContext): PeerMatch {
  onlyFields(item, [...sources, 'except'], path);
  const given = sources.filter((source) => item[source] !== undefined);
  const [source, ...others] = given;
  if (source === undefined || others.length > 0)
    throw new FieldFault(path, `needs exactly one of ${sources.join(', ')}`);
  const at = [...path, source];
  const exceptPath = [...path, 'except'];
  const except = (listAt(item['except'], exceptPath) ?? []).map((each, i) =>
    cidr(each, [...exceptPath, i], context, false),
  );
  if (source !== 'cidr') return outside(groupRanges(source, item[source], at, context), except);
  const range = cidr(item[source], at, context, false);
  // An exception may be wider than its cidr, as long as it begins there.
  const beyond = except.findIndex(
    ({ family, low, high }) => family !== range.family || low > range.high || high < range.low,
  );
  if (beyond >= 0) throw new FieldFault([...exceptPath, beyond], 'does not lie within the cidr');
  return outside([range], except);
}

function outside(ranges: readonly AddressRange[], except: readonly AddressRange[] = []): PeerMatch {
  return { type: 'addresses', ranges, except, endpoints: false };
}

function cidr(
  value: JsonValue | undefined,
  path: Path,
  context: CiliumContext,
  single: boolean,
): AddressRange {
  return cidrAt(value, path, { single, warn: context.warn.bind(context) });
}

/** Addresses of one CiliumCIDRGroup by name, or of all that a selector of their labels chooses. */
function groupRanges(
  source: 'cidrGroupRef' | 'cidrGroupSelector',
  value: JsonValue | undefined,
  path: Path,
  context: CiliumContext,
): AddressRange[] {
  const { objects } = context;
  if (source === 'cidrGroupSelector') {
    labelSelector('pod', value, path);
    const groups = objects
      .of('cilium.io', 'CiliumCIDRGroup')
      .filter((group) => selectsLabels(value, ownLabels(group)));
    if (groups.length === 0)
      context.warn(path, 'chooses no CiliumCIDRGroup of the input: it matches nothing here');
    return groups.flatMap((group) => rangesOfGroup(group, path, context));
  }
  const name = textAt(value, path);
  if (name === undefined || name === '') throw new FieldFault(path, 'is missing');
  const group = objects.find('cilium.io', 'CiliumCIDRGroup', name);
  if (group !== undefined) return rangesOfGroup(group, path, context);
  context.warn(path, `names a CiliumCIDRGroup ${name} that the input does not have: it matches nothing here`);
  return [];
}

/** A group that cannot be read matches nothing, and the policy that names it says so. */
function rangesOfGroup({ name, object }: Resource, path: Path, context: CiliumContext): AddressRange[] {
  const spec = object['spec'];
  const cidrs = isObject(spec) ? spec['externalCIDRs'] : undefined;
  return (Array.isArray(cidrs) ? cidrs : []).flatMap((text) => {
    try {
      return parseCidr(String(text));
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      context.warn(path, `names a CiliumCIDRGroup ${name} with an item that is no CIDR: ${error.message}`);
      return [];
    }
  });
}
