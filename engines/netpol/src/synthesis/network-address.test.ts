import { expect, test } from 'vitest';
import { addressesInText, networkAddress } from './network-address.ts';

test.each([
  ['redis', 'redis', undefined],
  ['redis:6379', 'redis', '6379'],
  ['redis.cache.svc.cluster.local:6379', 'redis.cache.svc.cluster.local', '6379'],
  ['http://user:word@api.shop:8080/path?q=1#x', 'api.shop', '8080'],
  ['jdbc:mysql://db:3306/quotes', 'db', '3306'],
  ['--server=api:8080', 'api', '8080'],
  ['exec api:grpc', 'api', 'grpc'],
  ['//api/path', 'api', undefined],
  ['api?timeout=1', 'api', undefined],
])('%s is an address', (text, host, port) => {
  expect(networkAddress(text)).toEqual(port === undefined ? { host } : { host, port });
});

test.each([
  '8080',
  '',
  'Not-A-Host',
  'api:70000',
  'api:0',
  '-x',
  'a,b',
  '/var/run/api.sock',
  '10.0.0.1:99999',
])('%s is none', (text) => {
  expect(networkAddress(text)).toBeUndefined();
});

test('words of a text that are addresses', () => {
  const text = 'upstream { server api:8080; }\nmongo=db:27017/shop, other:1';
  expect(addressesInText(text)).toEqual(
    expect.arrayContaining([
      { host: 'api', port: '8080' },
      { host: 'db', port: '27017' },
      { host: 'other', port: '1' },
    ]),
  );
});

test('long values cost linear time', () => {
  expect(addressesInText('a:'.repeat(50_000)).length).toBeLessThanOrEqual(1);
});
