import { objectOf } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { expect, test } from 'vitest';
import { compileCheck } from './compile.ts';
import { readDefinition } from './definition.ts';
import { isOptIn } from './fix.ts';
import { judge } from './judge.ts';

/** A Pod with one container, as it is read from a manifest. */
function pod(container: Parameters<typeof objectOf>[0]): Resource {
  const object = objectOf([
    ['apiVersion', 'v1'],
    ['kind', 'Pod'],
    ['metadata', objectOf([['name', 'p']])],
    ['spec', objectOf([['containers', [objectOf(container)]]])],
  ]);
  const origin = {
    file: 'a.yaml',
    locate: (path: readonly (string | number)[]) => ({
      file: 'a.yaml',
      line: 1,
      column: 1,
      path,
      missing: false,
    }),
  };
  return {
    object,
    apiVersion: 'v1',
    group: '',
    version: 'v1',
    kind: 'Pod',
    name: 'p',
    namespace: undefined,
    origin,
  };
}

const check = compileCheck(
  readDefinition(
    objectOf([
      ['id', 'tty'],
      ['title', 'Container has a terminal'],
      ['severity', 'low'],
      ['scope', 'container'],
      ['expression', 'container.?tty.orValue(false) != true'],
      ['message', "'container ' + container.name + ' has a terminal'"],
    ]),
  ),
);

test.each([
  ['shell', 'container shell has a terminal'],
  [['a'], 'fails check tty'],
])('a message that cannot be made does not cost the verdict: name %j', (name, message) => {
  const { violations, notifications } = judge(
    {
      resources: [
        pod([
          ['name', name],
          ['tty', true],
        ]),
      ],
      dockerfiles: [],
    },
    [check],
  );
  expect(violations.map((violation) => violation.message)).toEqual([message]);
  expect(notifications).toEqual([]);
});

test.each([
  ["container.name == 'a'", true],
  ["container.name == 'b'", false],
  ['container.nothing.here == 1', false],
  ['container.name', false], // no truth value
])('a fix is offered only where its condition %s holds', (when, offered) => {
  const guarded = compileCheck(
    readDefinition(
      objectOf([
        ['id', 'tty'],
        ['title', 'Container has a terminal'],
        ['severity', 'low'],
        ['scope', 'container'],
        ['expression', 'false'],
        ['text', 'no'],
        [
          'fix',
          objectOf([
            ['description', 'none'],
            ['when', when],
            ['optIn', true],
            [
              'patch',
              [
                objectOf([
                  ['op', 'remove'],
                  ['path', 'tty'],
                ]),
              ],
            ],
          ]),
        ],
      ]),
    ),
  );
  const { violations, notifications } = judge({ resources: [pod([['name', 'a']])], dockerfiles: [] }, [
    guarded,
  ]);
  expect(violations.map(({ fix }) => fix?.optIn)).toEqual([offered ? true : undefined]);
  expect(violations.map(isOptIn)).toEqual([offered]);
  expect(notifications).toEqual([]);
});
