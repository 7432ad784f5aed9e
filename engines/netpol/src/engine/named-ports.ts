import type { Endpoint } from '../model/cluster.ts';
import type { ConnectionMatch, PortName } from '../model/policy.ts';
import { allConnections, type Connections, noConnections, type SetId } from '../sets/connections.ts';

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
  resolve({ fixed, named, except = [], within = allConnections }: ConnectionMatch): readonly SetId[] {
    const connections = this.#connections;
    if (named.length === 0 && except.length === 0) return [connections.intersection(fixed, within)];
    return this.#ports.map((ports) => {
      const all = connections.union(fixed, this.#ofNames(named, ports));
      const left = connections.difference(all, this.#ofNames(except, ports));
      return connections.intersection(left, within);
    });
  }

  #ofNames(names: readonly PortName[], ports: Endpoint['ports']): SetId {
    const found = ports.filter((port) =>
      names.some(
        ({ name, protocol }) => port.name === name && (protocol === undefined || port.protocol === protocol),
      ),
    );
    return found.reduce<SetId>((all, { protocol, port }) => {
      return this.#connections.union(all, this.#connections.of([protocol], [[port, port]]));
    }, noConnections);
  }
}

/** The connections of a rule towards a destination of a signature. */
export function connectionsAt(bySignature: readonly SetId[], signature: number): SetId {
  return bySignature[bySignature.length === 1 ? 0 : signature] ?? 0;
}
