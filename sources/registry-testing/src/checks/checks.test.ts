import { expect, test } from 'vitest';
import { checkRegistry, distributionChecks, TestRegistry } from '../index.ts';

test.each(distributionChecks.map((check) => [check.id, check] as const))('%s', async (_, check) => {
  await using registry = await TestRegistry.start();
  expect(await checkRegistry(registry.url, check)).toEqual({ kind: 'passed' });
});

test.each([
  ['GET', '/manifests/', 'end-3 GET gives a manifest by its tag, byte for byte'],
  ['PATCH', '/blobs/uploads/', 'end-5 PATCH twice and PUT keep a blob in pieces'],
  ['GET', '/tags/', 'end-8a GET lists the tags in order'],
  ['GET', '/referrers/', 'end-12a GET lists the referrers with type, size and annotations'],
])('a registry that answers %s …%s wrongly is found out', async (method, part, id) => {
  await using registry = await TestRegistry.start({
    intercept: (request, response) => {
      if (request.method !== method || request.url?.includes(part) !== true) return false;
      response.writeHead(200, { 'content-type': 'text/plain' }).end('{"tags":[],"manifests":[]}');
      return true;
    },
  });
  const check = distributionChecks.find((one) => one.id === id);
  if (check === undefined) throw new Error(`no check ${id}`);
  expect(await checkRegistry(registry.url, check)).toMatchObject({ kind: 'failed' });
});

test('what a registry may leave out is told as such', async () => {
  await using registry = await TestRegistry.start({ referrers: false });
  const outcomes = await Promise.all(distributionChecks.map((check) => checkRegistry(registry.url, check)));
  expect(outcomes.filter(({ kind }) => kind === 'failed')).toEqual([]);
  expect(outcomes.filter(({ kind }) => kind === 'not-supported').length).toBe(9);
});
