import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../testing/run.ts';
import { noteImageRead, noteRead, wasRead } from './files-read.ts';

test('files, links to them, and parts of images; no other files of a folder', () => {
  withFolder({ a: '', b: '', 'chart/x': '', 'image/index.json': '', 'image/blobs/c': '' }, (folder) => {
    const at = (name: string) => join(folder, name);
    symlinkSync(at('a'), at('link'));
    mkdirSync(at('other'));
    noteRead(at('link'));
    noteRead(at('chart'));
    noteImageRead(at('image'));
    for (const unreadable of ['x'.repeat(5_000), at('a/b'), at('none')]) noteImageRead(unreadable);
    const names = [
      'a',
      'link',
      'other/../a',
      'b',
      'chart/x',
      'image/index.json',
      'image/blobs/c',
      'image/new',
    ];
    expect(names.filter((name) => wasRead(at(name)))).toEqual([
      ...['a', 'link', 'other/../a', 'image/index.json', 'image/blobs/c'],
    ]);
    expect(['-', '/dev/null', at('none/x')].some(wasRead)).toBe(false);
  });
});
