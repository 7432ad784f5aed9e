import { describe, expect, test } from 'vitest';
import { readCheckpoint } from './checkpoint.ts';

const root = Buffer.alloc(32, 7).toString('base64');
const line = (name: string) => `— ${name} ${Buffer.from('hint and signature').toString('base64')}\n`;
const note = (text: string, ...names: string[]) => `${text}\n${names.map(line).join('')}`;

describe('checkpoints', () => {
  test('origin, size, root, signed text and the lines of all signers', () => {
    const read = readCheckpoint(note(`log.example\n42\n${root}\nmore\n`, 'log.example', 'witness/a'));
    expect(read.origin).toBe('log.example');
    expect(read.treeSize).toBe(42n);
    expect(Buffer.from(read.rootHash).toString('base64')).toBe(root);
    expect(Buffer.from(read.signed).toString()).toBe(`log.example\n42\n${root}\nmore\n`);
    expect(read.signatures.map(({ name }) => name)).toEqual(['log.example', 'witness/a']);
    expect(Buffer.from(read.signatures[0]?.keyHint ?? []).toString()).toBe('hint');
  });

  test.each([
    ['no signatures', `log.example\n42\n${root}\n`],
    ['no line end', note(`log.example\n42\n${root}\n`, 'log').slice(0, -1)],
    ['no origin', note(`\n42\n${root}\n`, 'log')],
    ['no size', note(`log.example\n${root}\n`, 'log')],
    ['a size with a zero in front', note(`log.example\n042\n${root}\n`, 'log')],
    ['a short root', note('log.example\n42\nAAAA\n', 'log')],
    ['a line that is no signature', `${note(`log.example\n42\n${root}\n`, 'log')}— log\n`],
    ['another dash', `log.example\n42\n${root}\n\n- log ${root}\n`],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(() => readCheckpoint(text)).toThrow(expect.objectContaining({ code: 'CHECKPOINT_WRONG' }));
  });

  test('too many signatures', () => {
    const names = Array.from({ length: 200 }, (_, at) => `w${at}`);
    expect(() => readCheckpoint(note(`log.example\n42\n${root}\n`, ...names))).toThrow(
      expect.objectContaining({ code: 'SIGNING_LIMIT' }),
    );
  });
});
