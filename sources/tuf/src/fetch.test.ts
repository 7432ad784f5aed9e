import { HttpClient } from '@keelson/http';
import { expect, test } from 'vitest';
import { httpFetch } from './fetch.ts';
import { outcome } from './testing/world.ts';

function answering(status: number, body = 'content') {
  const fetch = async () => new Response(body, { status });
  return httpFetch(new HttpClient({ fetch, limits: { maxAttempts: 1 } }));
}

test('what is there, up to a bound', async () => {
  expect(Buffer.from((await answering(200)('https://tuf.example/x', 7)) ?? '').toString()).toBe('content');
  expect(await outcome(() => answering(200)('https://tuf.example/x', 6))).toBe('HTTP_TOO_LARGE');
});

test.each([403, 404, 410])('status %i is that there is nothing', async (status) => {
  expect(await answering(status)('https://tuf.example/x', 7)).toBeUndefined();
});

test.each([206, 400, 401, 429, 500, 503])('status %i says nothing', async (status) => {
  expect(await outcome(() => answering(status)('https://tuf.example/x', 7))).toBe('TUF_SERVER');
});
