import type { JsonObject, JsonValue, Path } from '@keelson/core';
import { noConnections, protocolNumbers, type SetId } from '../../sets/connections.ts';
import { FieldFault, mappingsAt, onlyFields, textAt } from '../fields.ts';
import type { CiliumContext } from './context.ts';

/** Names of types by family (IANA, "ICMP Parameters" and "ICMPv6 Parameters"), as Cilium writes them. */
const typesByFamily: Readonly<Record<string, { protocol: number; types: ReadonlyMap<string, number> }>> = {
  IPv4: {
    protocol: protocolNumbers.ICMP,
    types: new Map([
      ['EchoReply', 0],
      ['DestinationUnreachable', 3],
      ['Redirect', 5],
      ['Echo', 8],
      ['EchoRequest', 8],
      ['RouterAdvertisement', 9],
      ['RouterSelection', 10],
      ['TimeExceeded', 11],
      ['ParameterProblem', 12],
      ['Timestamp', 13],
      ['TimestampReply', 14],
      ['Photuris', 40],
      ['ExtendedEchoRequest', 42],
      ['ExtendedEchoReply', 43],
    ]),
  },
  IPv6: {
    protocol: protocolNumbers.ICMPv6,
    types: new Map([
      ['DestinationUnreachable', 1],
      ['PacketTooBig', 2],
      ['TimeExceeded', 3],
      ['ParameterProblem', 4],
      ['EchoRequest', 128],
      ['EchoReply', 129],
      ['MulticastListenerQuery', 130],
      ['MulticastListenerReport', 131],
      ['MulticastListenerDone', 132],
      ['RouterSolicitation', 133],
      ['RouterAdvertisement', 134],
      ['NeighborSolicitation', 135],
      ['NeighborAdvertisement', 136],
      ['RedirectMessage', 137],
      ['RouterRenumbering', 138],
      ['ICMPNodeInformationQuery', 139],
      ['ICMPNodeInformationResponse', 140],
      ['InverseNeighborDiscoverySolicitation', 141],
      ['InverseNeighborDiscoveryAdvertisement', 142],
      ['HomeAgentAddressDiscoveryRequest', 144],
      ['HomeAgentAddressDiscoveryReply', 145],
      ['MobilePrefixSolicitation', 146],
      ['MobilePrefixAdvertisement', 147],
      ['DuplicateAddressRequestCodeSuffix', 157],
      ['DuplicateAddressConfirmationCodeSuffix', 158],
      ['ExtendedEchoRequest', 160],
      ['ExtendedEchoReply', 161],
    ]),
  },
};

/** `icmps` of a rule: messages by type, whatever their code; undefined where the rule has none. */
export function icmpConnections(
  value: JsonValue | undefined,
  path: Path,
  { connections }: CiliumContext,
): SetId | undefined {
  const items = mappingsAt(value, path);
  if (items === undefined || items.length === 0) return undefined;
  const fields = items.flatMap((item) => {
    onlyFields(item.value, ['fields'], item.path);
    const at = [...item.path, 'fields'];
    const found = mappingsAt(item.value['fields'], at) ?? [];
    if (found.length > 40) throw new FieldFault(at, 'has more than 40 types');
    return found;
  });
  return fields.reduce<SetId>((all, field) => {
    const { protocol, type } = messageOf(field.value, field.path);
    return connections.union(all, connections.ofIcmp(protocol, type));
  }, noConnections);
}

function messageOf(field: JsonObject, path: Path): { protocol: number; type: number } {
  onlyFields(field, ['family', 'type'], path);
  const family = textAt(field['family'], [...path, 'family']) || 'IPv4';
  const known = Object.hasOwn(typesByFamily, family) ? typesByFamily[family] : undefined;
  if (known === undefined) throw new FieldFault([...path, 'family'], 'is not IPv4 or IPv6');
  const written = field['type'];
  const type =
    typeof written === 'string' && !/^\d+$/.test(written)
      ? known.types.get(written)
      : Number(written ?? Number.NaN);
  if (type === undefined || !Number.isInteger(type) || type < 0 || type > 255)
    throw new FieldFault([...path, 'type'], `is not a type of ICMP for ${family}`);
  return { protocol: known.protocol, type };
}
