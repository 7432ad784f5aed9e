import type { JsonObject } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { pod, resources } from '../testing/resources.ts';
import { maxFlowLine } from './read-flows.ts';
import { recommend } from './recommend.ts';
import { api, end, hubble, read, web } from './testing/hubble.ts';

test('both reporters and all Pods of a workload are one connection; answers are none', () => {
  const answer = hubble(api, web, { is_reply: true });
  const unknown = hubble(api, web, { is_reply: null, l4: { TCP: { flags: { SYN: true, ACK: true } } } });
  expect(read(hubble(web, api), hubble(web, api), answer, unknown).flows).toMatchObject([{ count: 2 }]);
});

test('lines that are no flows are named, the rest is read', () => {
  const { flows, problems } = read('', '{', '[]', '{"a": 1}', 'x'.repeat(maxFlowLine + 1), hubble(web, api));
  expect(flows.length).toBe(1);
  expect(problems.map(({ line }) => line)).toEqual([2, 4, 5]);
});

test.each<[string, JsonObject, string]>([
  ['a port', { l4: { TCP: { destination_port: 99_999 } } }, 'names the port 99999'],
  ['a verdict', { verdict: 'PERHAPS' }, 'is no connection that is known here'],
  ['an address', { IP: { source: '10.0.0.1', destination: '10.0.0' } }, 'names 10.0.0, which is no address'],
])('%s that there is not is no flow', (_, more, message) => {
  const { flows, problems } = read(hubble(web, api, more));
  expect(flows).toEqual([]);
  expect(problems).toMatchObject([{ line: 1, message: expect.stringContaining(message) }]);
});

test.each<[string, object, string[]]>([
  ['lost flows', { lost_events: { source: 'PERF_EVENT_RING_BUFFER', num_events_lost: '12' } }, ['12 flows']],
  ['lost flows that are not counted', { lost_events: {} }, ['1 flows']],
  ['states of nodes', { node_status: { state_change: 'NODE_CONNECTED' } }, []],
  ['events of agents', { agent_event: { type: 'ENDPOINT_CREATED' } }, []],
])('streams of Hubble have %s too', (_, event, told) => {
  const line = JSON.stringify({ ...event, node_name: 'n', time: '2026-01-01T00:00:00Z' });
  const { flows, problems, notes } = read(hubble(web, api), line);
  expect([flows.length, problems]).toEqual([1, []]);
  expect(notes).toEqual(told.map((text) => expect.stringContaining(text)));
});

test('what passed only in audit mode counts as allowed, and is told', () => {
  const { flows, notes } = read(hubble(web, api, { verdict: 'AUDIT' }));
  expect(flows).toMatchObject([{ allowed: true }]);
  expect(notes).toEqual([expect.stringContaining('1 flows have the verdict AUDIT')]);
});

describe('a table of addresses', () => {
  const manifests = resources(
    pod('web', { app: 'web' }, { ip: '10.0.0.1' }),
    pod('api', { app: 'api' }, { ip: '10.0.0.2' }),
  );

  test.each([
    ['of AWS', 'version srcaddr dstaddr srcport dstport protocol action', ' ', '6', 'ACCEPT'],
    ['with commas', 'version,src_ip,dest_ip,src_port,dest_port,proto,action', ',', 'tcp', 'allow'],
  ])('%s is read with the addresses of Pods', (_, header, separator, tcp, accept) => {
    const row = (...cells: readonly (string | number)[]) => cells.join(separator);
    const { flows, problems } = read(
      header,
      row(2, '10.0.0.1', '10.0.0.2', 40_000, 8080, tcp, accept),
      row(2, '10.0.0.2', '10.0.0.1', 8080, 40_000, tcp, accept),
      row(2, '-', '-', '-', '-', '-', '-'),
      row(2, '10.0.0.1', 'nowhere', 40_000, 8080, tcp, accept),
    );
    expect(problems.map(({ line }) => line)).toEqual([5]);
    const { policies, proof } = recommend(flows, { dialect: 'k8s', manifests });
    expect(proof).toEqual({ denied: [], slack: [], unneeded: [], problems: [] });
    expect(policies.map(({ metadata }) => metadata)).toMatchObject([
      { name: 'web-observed' },
      { name: 'api-observed' },
    ]);
  });

  test('without manifests nobody is known', () => {
    const { flows } = read('srcaddr dstaddr dstport protocol', '10.0.0.1 10.0.0.2 80 6');
    expect(recommend(flows, { dialect: 'k8s' }).undecided).toMatchObject([{ reason: 'no-workload' }]);
  });

  const header = 'srcaddr,dstaddr,dstport,protocol,action';

  test.each([
    ['10.0.0.1,10.0.0.2,70000,6,ACCEPT', 'names 70000, which is no port'],
    ['10.0.0.1,10.0.0.2,-1,tcp,ACCEPT', 'names -1, which is no port'],
    ['10.0.0.1,10.0.0.2,1.5,tcp,ACCEPT', 'names 1.5, which is no port'],
    ['10.0.0.1,10.0.0.2,0,17,ACCEPT', 'names 0, which is no port'],
    ['10.0.0.1,10.0.0.2,,tcp,ACCEPT', 'names nothing, which is no port'],
    ['10.0.0.1,10.0.0.2', 'has 2 columns where the first line names 5'],
    ['10.0.0.1,10.0.0,80,6,ACCEPT', 'names 10.0.0, which is no address'],
    ['10.0.0.1,10.0.0.2,80,,ACCEPT', 'names no protocol'],
    ['10.0.0.1,10.0.0.2,80,6,MAYBE', 'says maybe, which tells neither'],
  ])('the row %s is told, and the rest is read', (row, message) => {
    const { flows, problems } = read(header, row, '10.0.0.1,10.0.0.2,8080,6,ACCEPT');
    expect(flows).toMatchObject([{ port: 8080 }]);
    expect(problems).toMatchObject([{ line: 2, message: expect.stringContaining(message) }]);
  });

  test.each(['0', '-', ''])('protocols without ports have %s in their place', (port) => {
    const { flows, problems } = read(header, `10.0.0.1,10.0.0.2,${port},1,ACCEPT`);
    expect([flows.length, problems]).toEqual([1, []]);
  });

  test('columns that are not known are told once', () => {
    const { flows, problems } = read('a,b,c', '1,2,3', '4,5,6');
    expect(flows).toEqual([]);
    expect(problems).toMatchObject([
      { line: 1, message: expect.stringContaining('names no columns srcaddr') },
    ]);
  });
});

test('what a log says never becomes another selector or name', () => {
  const hostile = end('evil', "app=x' || all() || app == 'y", 'ok=yes', '__proto__=z');
  const named = { ...api, pod_name: 'api\n---\nkind: Secret' };
  const { flows, problems } = read(hubble(hostile, api), hubble(web, named));
  expect(problems.map(({ line }) => line)).toEqual([2]);
  const { policies, proof } = recommend(flows, { dialect: 'calico' });
  expect(policies[0]).toMatchObject({ spec: { selector: "ok == 'yes'" } });
  expect(proof).toEqual({ denied: [], slack: [], unneeded: [], problems: [] });
});
