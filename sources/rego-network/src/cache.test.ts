import { expect, it } from 'vitest';
import { BoundedCache } from './cache.ts';

const response = (bytes: number) => ({
  status: 200,
  statusText: '',
  headers: [],
  body: new Uint8Array(bytes),
  expires: 0n,
});

it('keeps so many bytes, those that were asked for last', () => {
  const cache = new BoundedCache(25);
  cache.set('a', response(10));
  cache.set('b', response(10));
  cache.get('a');
  cache.set('c', response(10));
  expect(['a', 'b', 'c'].filter((key) => cache.get(key) !== undefined)).toEqual(['a', 'c']);
  cache.set('a', response(1));
  cache.set('d', response(8));
  expect(['a', 'c', 'd'].filter((key) => cache.get(key) !== undefined)).toEqual(['a', 'c', 'd']);
  cache.set('e', response(100));
  expect(cache.get('e')).toBeUndefined();
  cache.delete('a');
  expect(cache.get('a')).toBeUndefined();
});
