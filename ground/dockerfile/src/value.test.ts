import { isObject, SourceText, valueAt } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { dockerfileValue, locateDockerfile, parseDockerfile, splitImageName } from './index.ts';

function read(text: string) {
  const source = new SourceText('Dockerfile', text);
  const { dockerfile } = parseDockerfile(source);
  return { source, dockerfile, value: dockerfileValue(dockerfile) };
}

describe('locateDockerfile', () => {
  const { source, dockerfile } = read(
    ['FROM a:1', 'COPY --chown=x \\', '  one two/', 'RUN a && \\', '  curl x | sh', 'ONBUILD RUN b'].join(
      '\n',
    ),
  );
  test.each<[(string | number)[], string]>([
    [['stages', 0], 'FROM a:1'],
    [['finalStage'], 'FROM a:1'],
    [['stages', 0, 'instructions', 1, 'flags', 'chown'], '--chown=x'],
    [['stages', 0, 'instructions', 1, 'flags', 'chown', 0], '--chown=x'],
    [['stages', 0, 'instructions', 1, 'args', 1], 'two/'],
    [['stages', 0, 'instructions', 2, 'commands', 1], 'curl x'],
    [['stages', 0, 'instructions', 2, 'commands', 1, 'args', 0], 'x'],
    [['stages', 0, 'instructions', 2, 'commands', 1, 'missing'], 'curl x'],
    [['stages', 0, 'instructions', 4], 'RUN b'],
  ])('%j', (path, expected) => {
    const span = locateDockerfile(dockerfile, path);
    expect(source.text.slice(span.start, span.end)).toBe(expected);
  });
});

describe('stage', () => {
  test('used, final, inherited', () => {
    const { value } = read(
      [
        'FROM a AS one',
        'FROM b AS two',
        'USER 5',
        'HEALTHCHECK CMD x',
        'FROM c AS unused',
        'FROM two',
        'COPY --from=ONE /a /b',
      ].join('\n'),
    );
    const stages = Array.isArray(value['stages']) ? value['stages'].filter(isObject) : [];
    expect(
      stages.map((s) => [s['isUsed'], s['isFinal'], s['user'], s['hasHealthcheck'], s['baseStage']]),
    ).toEqual([
      [true, false, '', false, -1],
      [true, false, '5', true, -1],
      [false, false, '', false, -1],
      [true, true, '5', true, 1],
    ]);
  });

  test('keys of the input reach no prototype', () => {
    const { value } = read('FROM a\nENV __proto__=x constructor=y\n');
    expect(valueAt(value, ['stages', 0, 'env', '__proto__'])).toBe('x');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe('splitImageName', () => {
  test.each([
    ['alpine', '', 'alpine', '', ''],
    ['alpine:3', '', 'alpine', '3', ''],
    ['a/b@sha256:0', '', 'a/b', '', 'sha256:0'],
    ['localhost/a:1', 'localhost', 'a', '1', ''],
    ['r.io:5000/a/b:1@sha256:0', 'r.io:5000', 'a/b', '1', 'sha256:0'],
    ['${R:-x}/a:${V}', '', '${R:-x}/a', '${V}', ''],
  ])('%s', (reference, registry, repository, tag, digest) => {
    expect(splitImageName(reference)).toEqual({ registry, repository, tag, digest });
  });
});

describe('runBy: who runs what a command prints', () => {
  test.each([
    ['curl x | sh', 'sh'],
    ['curl x | gunzip | sudo -E bash -s -- -y', 'bash'],
    ['curl x | bash -euo pipefail', 'bash'],
    ['curl x | python3 -', 'python3'],
    ["curl x | python3 -c 'y'", ''],
    ['curl x | sh script', ''],
    ['curl x | sh -c y', ''],
    ['curl x | tar xz', ''],
  ])('%s', (script, expected) => {
    const { value } = read(`FROM a\nRUN ${script}`);
    expect(valueAt(value, ['stages', 0, 'instructions', 1, 'commands', 0, 'runBy'])).toBe(expected);
  });
});

describe('package managers', () => {
  test.each([
    ['apt-get -y install a b=1 ./c.deb $D', 'apt', 'install', 'a b=1!'],
    ['apt-get install -t stable a', 'apt', 'install', 'a'],
    ['apk --no-cache add --virtual .deps a=1 b~2', 'apk', 'install', 'a=1! b~2!'],
    ['dnf in -y a a-1.2 @group', 'dnf', 'install', 'a a-1.2!'],
    ['yum update', 'yum', 'upgrade', ''],
    ['pip3.11 install -r x.txt a==1 "b>=2" .', 'pip', 'install', 'a==1! b>=2'],
    ['python -m pip install a', 'pip', 'install', 'a'],
    ['npm i -g a @s/b @s/c@1 d@latest ./e', 'npm', 'install', 'a @s/b @s/c@1! d@latest'],
    ['yarn global add a', 'yarn', 'install', 'a'],
    ['gem install a -v 1', 'gem', 'install', 'a!'],
    ['go install e.com/a@latest e.com/b@v1 ./c', 'go', 'install', 'e.com/a@latest e.com/b@v1!'],
    ['pacman -Syu', 'pacman', 'update', ''],
    ['pacman -S a', 'pacman', 'install', 'a'],
    ['sudo -E zypper -n in a', 'zypper', 'install', 'a'],
  ])('%s', (script, manager, action, packages) => {
    const { value } = read(`FROM a\nRUN ${script}`);
    const command = valueAt(value, ['stages', 0, 'instructions', 1, 'commands', 0]);
    const found =
      isObject(command) && Array.isArray(command['packages']) ? command['packages'].filter(isObject) : [];
    const names = found
      .map((item) => `${String(item['name'])}${item['pinned'] === true ? '!' : ''}`)
      .join(' ');
    expect(isObject(command) && [command['manager'], command['action'], names]).toEqual([
      manager,
      action,
      packages,
    ]);
  });
});
