import { expect, test } from 'vitest';
import { Connections, protocolNumbers, type RequestMatch } from '../sets/connections.ts';
import { ConnectionTexts } from './connection-text.ts';

const { TCP, UDP } = protocolNumbers;

function requests(connections: Connections, port: number, match: RequestMatch) {
  return connections.intersection(connections.of([TCP], [[port, port]]), connections.ofRequests(match));
}

test.each<[string, (connections: Connections) => number, string]>([
  ['ports', (all) => all.union(all.of([TCP], [[80, 80]]), all.of([UDP])), 'TCP 80,UDP 1-65535'],
  ['source ports', (all) => all.of([TCP], [[80, 80]], [[1024, 2000]]), 'TCP 80 {source ports 1024-2000}'],
  [
    'requests beside a port',
    (all) =>
      all.union(
        requests(all, 80, {
          methods: [{ type: 'exact', text: 'GET' }],
          paths: [{ type: 'prefix', text: '/a/' }],
        }),
        all.of([TCP], [[81, 81]]),
      ),
    'TCP 81,TCP 80 {methods GET; paths /a/*}',
  ],
  [
    'all but some',
    (all) =>
      all.difference(
        all.of([TCP], [[80, 80]]),
        all.ofRequests({ hosts: [{ type: 'suffix', text: '.x.com' }] }),
      ),
    'TCP 80 {hosts all but *.x.com}',
  ],
  [
    'methods with paths of their own',
    (all) =>
      all.union(
        requests(all, 80, { methods: [{ type: 'exact', text: 'GET' }] }),
        requests(all, 80, {
          methods: [{ type: 'exact', text: 'PUT' }],
          paths: [{ type: 'exact', text: '/b' }],
        }),
      ),
    'TCP 80 {methods PUT; paths /b},TCP 80 {methods GET}',
  ],
])('%s', (_, make, text) => {
  const connections = new Connections();
  expect(new ConnectionTexts(connections).of(make(connections))).toBe(text);
});
