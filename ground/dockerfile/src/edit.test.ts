import { SourceText } from '@keelson/core';
import { expect, test } from 'vitest';
import { type DockerfileEdit, editDockerfile, parseDockerfile } from './index.ts';

const command = ['stages', 0, 'instructions', 1, 'commands', 0];

test.each<[string, DockerfileEdit, string]>([
  [
    'ADD a b',
    { op: 'replace', path: ['stages', 0, 'instructions', 1, 'keyword'], value: 'COPY' },
    'COPY a b',
  ],
  ['RUN curl -k x', { op: 'remove', path: [...command, 'args', '-k'] }, 'RUN curl x'],
  [
    'RUN apk \\\n  # why\n  --bad \\\n  add x',
    { op: 'remove', path: [...command, 'args', '--bad'] },
    'RUN apk \\\n  # why\n \\\n  add x',
  ],
  ['RUN ["curl", "-k", "x"]', { op: 'remove', path: [...command, 'args', '-k'] }, 'RUN ["curl", "x"]'],
  ['RUN ["curl", "x"]', { op: 'add', path: [...command, 'args', 0], value: '-f' }, 'RUN ["curl", "-f", "x"]'],
  [
    'RUN sudo apt-get install x',
    { op: 'add', path: [...command, 'args', 0], value: '-y' },
    'RUN sudo apt-get -y install x',
  ],
  ['RUN apt-get x', { op: 'add', path: [...command, 'args', 9], value: '-y' }, 'RUN apt-get x -y'],
  [
    'RUN apt-get --force-yes x',
    { op: 'replace', path: [...command, 'args', '--force-yes'], value: '-y' },
    'RUN apt-get -y x',
  ],
  ['RUN a \\\n b\nUSER 1', { op: 'remove', path: ['stages', 0, 'instructions', 1] }, 'USER 1'],
  [
    'RUN sh -c "curl \\"a\\" -k"',
    { op: 'remove', path: [...command.slice(0, -1), 1, 'args', '-k'] },
    'RUN sh -c "curl \\"a\\" -k"',
  ],
  ['RUN curl x', { op: 'remove', path: [...command, 'args', '-k'] }, 'RUN curl x'],
])('%j', (line, edit, expected) => {
  const text = `FROM a\n${line}`;
  const { dockerfile } = parseDockerfile(new SourceText('Dockerfile', text));
  let out = text;
  for (const { start, end, text: inserted } of editDockerfile(dockerfile, [edit]).toReversed()) {
    out = out.slice(0, start) + inserted + out.slice(end);
  }
  expect(out).toBe(`FROM a\n${expected}`);
});
