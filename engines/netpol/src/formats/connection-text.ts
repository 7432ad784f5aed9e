import { type Connections, type Interval, noConnections, type SetId } from '../sets/connections.ts';
import { protocolNumber } from '../sets/protocols.ts';

export const allConnectionsText = 'All Connections';
export const noConnectionsText = 'No Connections';

/** Protocols of Kubernetes, in the order of reports. */
export const reportedProtocols = ['SCTP', 'TCP', 'UDP'] as const;

/** Makes texts of sets of connections, as `TCP 80,443,8000-8010,UDP 53`; each set once. */
export class ConnectionTexts {
  readonly #connections: Connections;
  readonly #known = new Map<SetId, string>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  of(set: SetId): string {
    let text = this.#known.get(set);
    if (text === undefined) {
      text = this.#make(set);
      this.#known.set(set, text);
    }
    return text;
  }

  /** The ports of a protocol, as `80,8000-8010`; empty for none. */
  ports(set: SetId, protocol: string): string {
    const intervals = this.#connections.portsOf(set, protocolNumber(protocol) ?? -1);
    return intervals.map(intervalText).join(',');
  }

  #make(set: SetId): string {
    if (set === noConnections) return noConnectionsText;
    const parts = reportedProtocols.map((protocol) => ({ protocol, ports: this.ports(set, protocol) }));
    if (parts.every(({ ports }) => ports === '1-65535')) return allConnectionsText;
    return parts
      .flatMap(({ protocol, ports }) => [
        ...(ports === '' ? [] : [`${protocol} ${ports}`]),
        ...this.#inPart(set, protocol),
      ])
      .join(',');
  }

  /** Ports that only some source ports or requests come to, as `TCP 80 {methods GET; paths /a/*}`. */
  #inPart(set: SetId, protocol: string): string[] {
    return this.#connections.partsOf(set, protocolNumber(protocol) ?? -1).map((part) => {
      const source = intervalText(part.sourcePorts);
      const words = [
        ...(source === '1-65535' ? [] : [`source ports ${source}`]),
        ...Object.entries(part.requests).map(([field, text]) => `${field} ${text}`),
      ];
      return `${protocol} ${intervalText(part.ports)} {${words.join('; ')}}`;
    });
  }
}

function intervalText([low, high]: Interval): string {
  return low === high ? `${low}` : `${low}-${high}`;
}
