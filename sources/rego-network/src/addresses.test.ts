import { expect, it } from 'vitest';
import { guardedLookup, isGuarded } from './addresses.ts';

it.each([
  ['a.example', '127.0.0.1', true],
  ['a.example', '127.8.8.8', true],
  ['a.example', '0.0.0.0', true],
  ['a.example', '::1', true],
  ['a.example', '::ffff:127.0.0.1', true],
  ['a.example', '169.254.169.254', true],
  ['a.example', '::ffff:169.254.169.254', true],
  ['a.example', 'fe80::1', true],
  ['a.example', 'fd00:ec2::254', true],
  ['a.example', '100.100.100.200', true],
  ['a.example', '10.0.0.1', false],
  ['a.example', '192.168.1.1', false],
  ['a.example', '93.184.216.34', false],
  ['a.example', '2606:2800:220:1::1', false],
  ['localhost', '127.0.0.1', false],
  ['b.localhost', '::1', false],
  ['localhost', '169.254.169.254', true],
  ['localhost.example', '127.0.0.1', true],
])('%s at %s is refused: %s', (name, address, wanted) => {
  expect(isGuarded(name, address)).toBe(wanted);
});

it.each([
  [[], 'disallowed address 127.0.0.1 of host 127.0.0.1'],
  [['127.0.0.1'], undefined],
])('a connection is made to what it leads to where %j is allowed', async (allowed, wanted) => {
  const fault = new Promise((resolve) => {
    guardedLookup(new Set(allowed))('127.0.0.1', {}, (error) => resolve(error?.message));
  });
  expect(await fault).toBe(wanted);
});
