import type { Endpoint } from '../model/cluster.ts';
import type { ConnectionMatch, PortName } from '../model/policy.ts';
import type { Connections, SetId } from '../sets/connections.ts';

/**
 * What names of ports mean at each destination. Destinations that give the same names to the same ports share a
 * signature, a small number; 0 is that of addresses and of endpoints that name no port.
 */
export class NamedPorts {
  /** By endpoint. */
  readonly signatures: readonly number[];
  readonly #ports: Endpoint['ports'][] = [[]];
  readonly #connections: Connections;

  constructor(endpoints: readonly Endpoint[], connections: Connections) {
    this.#connections = connections;
    const known = new Map<string, number>([['', 0]]);
    this.signatures = endpoints.map(({ ports }) => {
      const texts = ports.map(({ name, protocol, port }) => `${name} ${protocol} ${port}`);
      const key = [...new Set(texts)].sort().join('\n');
      let signature = known.get(key);
      if (signature === undefined) {
        signature = this.#ports.push(ports) - 1;
        known.set(key, signature);
      }
      return signature;
    });
  }

  /** A rule's connections by signature; one set where no name stands among them. */
  resolve({ fixed, named }: ConnectionMatch): readonly SetId[] {
    if (named.length === 0) return [fixed];
    return this.#ports.map((ports) => named.reduce((all, name) => this.#withName(all, name, ports), fixed));
  }

  #withName(set: SetId, { name, protocol }: PortName, ports: Endpoint['ports']): SetId {
    return ports
      .filter((port) => port.name === name && (protocol === undefined || port.protocol === protocol))
      .reduce((all, found) => {
        const one = this.#connections.of([found.protocol], [[found.port, found.port]]);
        return this.#connections.union(all, one);
      }, set);
  }
}

/** The connections of a rule towards a destination of a signature. */
export function connectionsAt(bySignature: readonly SetId[], signature: number): SetId {
  return bySignature[bySignature.length === 1 ? 0 : signature] ?? 0;
}
