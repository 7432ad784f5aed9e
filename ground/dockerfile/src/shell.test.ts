import { SourceText } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { parseDockerfile, type ShellCommand } from './index.ts';

function run(script: string) {
  const source = new SourceText('Dockerfile', `FROM a\nRUN ${script}`);
  return parseDockerfile(source).dockerfile.stages[0]?.instructions[1];
}

const words = (commands: readonly ShellCommand[] = []) => commands.map((c) => c.words.join(' '));

describe('commands of a shell line', () => {
  test.each<[string, string[]]>([
    ['a b && c || d; e & f', ['a b', 'c', 'd', 'e', 'f']],
    ['a "b c" \'d;e\' f\\ g', ['a b c d;e f g']],
    ['(a; b) | c', ['a', 'b', 'c']],
    ['{ a; b; } > f', ['a', 'b', '']],
    ['if [ -f x ]; then a; elif b; then c; else d; fi', ['[ -f x ]', 'a', 'b', 'c', 'd']],
    ['if [[ -n "$X" && y ]]; then a; fi', ['[[ -n $X y ]]', 'a']],
    ['for i in a b; do c $i; done && d', ['c $i', 'd']],
    ['while read x; do a; done < f', ['read x', 'a', '']],
    ['case "$x" in a|b) c ;; *) d ;; esac; e', ['c', 'd', 'e']],
    ['f() { a; }; f', ['a', 'f']],
    ['a $(b $(c)) `d`', ['a $(b $(c)) `d`', 'b $(c)', 'd', 'c']],
    ['diff <(a) b', ['diff <(a) b', 'a']],
    ['a # b', ['a']],
    ['a#b', ['a#b']],
    ['sh -ec "a; b"', ['sh -ec a; b', 'a', 'b']],
    ["sudo bash -c 'a | b'", ['sudo bash -c a | b', 'a', 'b']],
    ["busybox sh -c 'a | b'", ['busybox sh -c a | b', 'a', 'b']],
    ['a 2>&1 >/dev/null', ['a']],
    ['a &> f', ['a']],
    ['echo $((1 + 2)) x', ['echo $((1 + 2)) x']],
    ['x=(a b) c', ['c']],
  ])('%s', (script, expected) => {
    const found = words(run(script)?.commands);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  test('assignments, separators and redirects', () => {
    const commands = run('A=1 B="2 3" x 2>e >> f && y')?.commands;
    expect(commands?.map((c) => [c.assignments, c.next])).toEqual([
      [['A=1', 'B=2 3'], '&&'],
      [[], 'end'],
    ]);
    expect(commands?.[0]?.redirects).toEqual([
      { operator: '2>', target: 'e' },
      { operator: '>>', target: 'f' },
    ]);
  });

  test.each([
    ['a | b | c', 'a→b b→c'],
    ['(a; b) | c', 'a→c b→c'],
    ['a | (b; c)', 'a→b'],
    ['if a; then b; fi | c', 'a→c b→c'],
    ['a | b; c | d', 'a→b c→d'],
    ['a |\\\n b', 'a→b'],
  ])('pipeline %s', (script, expected) => {
    const pairs = run(script)?.commands.flatMap((c) =>
      c.pipedTo ? [`${c.words[0]}→${c.pipedTo.words[0]}`] : [],
    );
    expect(pairs?.join(' ')).toBe(expected);
  });

  test.each<[string, string[]]>([
    ['echo "curl x | sh" > /y', ['curl x', 'sh']],
    ["printf 'a\\nb' | tee /y", ['a', 'b']],
    ['cat <<EOF > /y\ncurl x\nEOF', ['curl x']],
  ])('written by %s', (script, expected) => {
    expect(words(run(script)?.written)).toEqual(expected);
  });

  test.each<[string, string[]]>([
    ['bash <<EOF\ncurl x\nEOF', ['bash', 'curl x']],
    ['cat <<EOF | sh\ncurl x\nEOF', ['cat', 'sh', 'curl x']],
    ["echo 'curl x' | sh", ['echo curl x', 'sh', 'curl x']],
  ])('run by %s', (script, expected) => {
    expect(words(run(script)?.commands)).toEqual(expected);
  });
});
