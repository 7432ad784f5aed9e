import { SourceText } from '@keelson/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allInstructions, dockerfileValue, locateDockerfile, parseDockerfile } from './index.ts';

function parse(text: string, buildArgs?: Record<string, string>) {
  const options = buildArgs === undefined ? {} : { buildArgs: new Map(Object.entries(buildArgs)) };
  return parseDockerfile(new SourceText('Dockerfile', text), options);
}

function instructions(text: string) {
  const { dockerfile, problems } = parse(text);
  expect(problems.map((p) => p.format())).toEqual([]);
  return allInstructions(dockerfile).map((item) => [item.keyword, ...item.args.map((arg) => arg.expanded)]);
}

describe('lines', () => {
  test.each([
    ['continuation', 'FROM a\nRUN x \\\n  y\n', ['RUN', 'x', 'y']],
    ['comment inside', 'FROM a\nRUN x \\\n # note\n  y\n', ['RUN', 'x', 'y']],
    ['blank line inside', 'FROM a\nRUN x \\\n\n  y\n', ['RUN', 'x', 'y']],
    ['blanks after the escape', 'FROM a\nRUN x \\  \n y', ['RUN', 'x', 'y']],
    ['doubled escape does not continue', 'FROM a\nRUN x \\\\\nRUN y', ['RUN', 'x', '\\']],
    ['CRLF', 'FROM a\r\nRUN x \\\r\n y\r\n', ['RUN', 'x', 'y']],
    ['byte order mark', '\ufeffFROM a\nRUN x', ['RUN', 'x']],
    ['escape directive', '# escape=`\nFROM a\nCOPY a c:\\b\\', ['COPY', 'a', 'c:\\b\\']],
    ['directive after a comment is a comment', '# note\n# escape=`\nFROM a\nRUN x \\\n y', ['RUN', 'x', 'y']],
    [
      'directive after an unknown one is a comment',
      '# x=y\n# escape=`\nFROM a\nRUN x \\\n y',
      ['RUN', 'x', 'y'],
    ],
    ['lower case', 'from a\nrun x', ['RUN', 'x']],
  ])('%s', (_, text, expected) => {
    expect(instructions(text)[1]).toEqual(expected);
  });
});

describe('words and expansion', () => {
  test.each([
    ['ENV old form', 'ENV A b c', 'ENV X=$A', 'b c'],
    ['ENV pairs', 'ENV A=b\\ c B="d e"', 'ENV X=$A-$B', 'b c-d e'],
    ['single quotes keep', 'ENV A=b', "ENV X='$A'", '$A'],
    ['default', 'ENV A=', 'ENV X=${A:-d}', 'd'],
    ['default only when unset', 'ENV A=', 'ENV X=${A-d}', ''],
    ['alternative', 'ENV A=b', 'ENV X=${A:+yes}', 'yes'],
    ['nested default', 'ENV A=b', 'ENV X=${Q:-${A}}', 'b'],
    ['shortest prefix', 'ENV A=a/b/c', 'ENV X=${A#*/}', 'b/c'],
    ['longest prefix', 'ENV A=a/b/c', 'ENV X=${A##*/}', 'c'],
    ['shortest suffix', 'ENV A=a/b/c', 'ENV X=${A%/*}', 'a/b'],
    ['replace', 'ENV A=a-b-c', 'ENV X=${A/-/_}', 'a_b-c'],
    ['replace all', 'ENV A=a-b-c', 'ENV X=${A//-/_}', 'a_b_c'],
    ['replace an escaped slash', 'ENV A=a/b', 'ENV X=${A//\\//_}', 'a_b'],
    ['replace a pattern', 'ENV A=aXbXc', 'ENV X=${A/X*X/-}', 'a-c'],
    ['replace every match of a pattern', 'ENV A=aXbXbX', 'ENV X=${A//?X/-}', '---'],
    ['a pattern from a variable', 'ENV A=a.b P=.', 'ENV X=${A/$P/-}', 'a-b'],
    ['an escaped star is a star', 'ENV A=a*b', 'ENV X=${A#a\\*}', 'b'],
    ['nothing matches', 'ENV A=abc', 'ENV X=${A%x*}', 'abc'],
    ['special parameters are one character', 'ENV A=b', 'ENV X=$$A', '$$A'],
    ['unknown stays', 'ENV A=b', 'ENV X=${NO}/$NO', '${NO}/$NO'],
    ['escaped dollar', 'ENV A=b', 'ENV X=\\$A', '$A'],
    ['ARG default', 'ARG A=b', 'ENV X=$A', 'b'],
  ])('%s', (_, first, second, expected) => {
    const { dockerfile } = parse(`FROM a\n${first}\n${second}\n`);
    expect(dockerfile.stages[0]?.env.get('X')).toBe(expected);
  });

  test('global ARG reaches FROM, and a stage only when declared again', () => {
    const text = 'ARG V=1\nFROM a:$V\nENV X=[$V]\nARG V\nENV Y=[$V]\n';
    const stage = parse(text).dockerfile.stages[0];
    expect([stage?.base, stage?.env.get('X'), stage?.env.get('Y')]).toEqual(['a:1', '[$V]', '[1]']);
    expect(parse(text, { V: '2' }).dockerfile.stages[0]?.base).toBe('a:2');
  });
});

describe('forms', () => {
  test.each([
    ['CMD ["a", "b c"]', 'exec', ['a', 'b c']],
    ["CMD ['a']", 'shell', ['[a]']],
    ['CMD [a, b]', 'shell', ['[a,', 'b]']],
    ['COPY ["a b", "c/"]', 'exec', ['a b', 'c/']],
    ['HEALTHCHECK --interval=5s CMD ["x"]', 'exec', ['CMD', 'x']],
    ['HEALTHCHECK none', 'shell', ['NONE']],
  ])('%s', (line, form, args) => {
    const item = parse(`FROM a\n${line}`).dockerfile.stages[0]?.instructions[1];
    expect([item?.form, item?.args.map((arg) => arg.value)]).toEqual([form, args]);
  });

  test('flags', () => {
    const item = parse('FROM a\nRUN --mount=type=secret,id=x --network=none x').dockerfile.stages[0]
      ?.instructions[1];
    expect(item?.flags.map((flag) => [flag.name, flag.value])).toEqual([
      ['mount', 'type=secret,id=x'],
      ['network', 'none'],
    ]);
    expect(item?.value).toBe('x');
  });
});

describe('heredocs', () => {
  test('several, stripped, quoted', () => {
    const text = 'FROM a\nCOPY <<A <<-"B" /x/\none\nA\n\ttwo $x\n\tB\nRUN y\n';
    const { dockerfile, problems } = parse(text);
    expect(problems).toEqual([]);
    const copy = dockerfile.stages[0]?.instructions[1];
    expect(copy?.heredocs.map((h) => [h.name, h.expand, h.content])).toEqual([
      ['A', true, 'one\n'],
      ['B', false, 'two $x\n'],
    ]);
    expect(dockerfile.stages[0]?.instructions[2]?.value).toBe('y');
  });

  test('a script has commands at their own lines', () => {
    const text = 'FROM a\nRUN <<EOF\nset -e\n# no\napt-get update\nEOF\n';
    const { dockerfile } = parse(text);
    const commands = dockerfile.stages[0]?.instructions[1]?.commands ?? [];
    expect(commands.map((c) => [c.words.join(' '), dockerfile.source.position(c.span.start).line])).toEqual([
      ['set -e', 3],
      ['apt-get update', 5],
    ]);
  });
});

describe('stages', () => {
  test('names, bases, users', () => {
    const { dockerfile } = parse('FROM a AS One\nUSER x\nFROM one\nFROM --platform=$P b:2@sha256:0 as two\n');
    expect(dockerfile.stages.map((s) => [s.name, s.base, s.baseStage, s.user, s.platform])).toEqual([
      ['one', 'a', undefined, 'x', undefined],
      [undefined, 'one', 0, 'x', undefined],
      ['two', 'b:2@sha256:0', undefined, undefined, '$P'],
    ]);
  });
});

describe('problems never lose the rest', () => {
  test.each([
    ['FROM a\nFOO x\nRUN y', 'DOCKERFILE_UNKNOWN_INSTRUCTION', 2],
    ['RUN y\nFROM a\nRUN y', 'DOCKERFILE_NO_FROM', 1],
    ['FROM a\nRUN <<EOF\nRUN y', 'DOCKERFILE_HEREDOC', 2],
    ['# escape=x\nFROM a\nRUN y', 'DOCKERFILE_DIRECTIVE', 1],
    ['FROM a\nRUN --mount x\nRUN y', 'DOCKERFILE_ARGUMENTS', 2],
    ['FROM a\nCOPY x\nRUN y', 'DOCKERFILE_ARGUMENTS', 2],
    ['FROM a\nSHELL bash\nRUN y', 'DOCKERFILE_ARGUMENTS', 2],
    ['FROM a\nONBUILD FROM b\nRUN y', 'DOCKERFILE_ARGUMENTS', 2],
  ])('%j', (text, code, line) => {
    const { dockerfile, problems } = parse(text);
    expect(problems.map((p) => [p.code, p.location?.line])).toEqual([[code, line]]);
    expect(dockerfile.stages[0]?.instructions.at(-1)?.value).toBe('y');
  });
});

const pieces = fc.constantFrom(
  ...[
    'FROM a\n',
    'RUN ',
    'COPY ',
    'ENV ',
    'ARG ',
    'ONBUILD ',
    '<<EOF',
    '\nEOF\n',
    '\\\n',
    '"',
    "'",
    '$(',
    ')',
  ],
  ...[
    '`',
    '${x:-',
    '}',
    '[',
    ']',
    '["a"]',
    '&&',
    '|',
    ';',
    '\n',
    '#',
    ' ',
    'x=',
    '--a=',
    '((',
    ';;',
    'case x in ',
  ],
  ...['if ', 'fi', 'done', '<(', '>', '{', 'sh -c ', 'echo ', '\t', '\r\n', '<<-"E"', '\u2028', '\ud800'],
);

describe('hostile input', () => {
  test('never throws, and every span lies in the text', () => {
    const property = fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const text = parts.join('');
      const { dockerfile } = parse(text);
      expect(dockerfileValue(dockerfile)['stages']).toHaveLength(dockerfile.stages.length);
      expect(
        locateDockerfile(dockerfile, ['stages', 0, 'instructions', 1, 'commands', 0]).start,
      ).toBeGreaterThan(-1);
      for (const item of allInstructions(dockerfile)) {
        const spans = [item.span, ...item.args.map((arg) => arg.span), ...item.commands.map((c) => c.span)];
        for (const span of spans) {
          expect(span.start >= 0 && span.start <= span.end && span.end <= text.length + 2).toBe(true);
        }
      }
    });
    fc.assert(property, { seed: 20, numRuns: 1500 });
  });

  test.each([
    ['values that double', `FROM a\nENV A=xx\n${'ENV A=$A$A\n'.repeat(100)}`, 'expansion'],
    [
      'a word of many variables',
      `FROM a\nENV A=${'x'.repeat(10_000)}\nENV B=${'$A'.repeat(100_000)}`,
      'expansion',
    ],
    [
      'patterns on long values',
      `FROM a\nENV A=${'a'.repeat(60_000)}\nENV B=${'${A#*a*a*b}'.repeat(1_000)}`,
      'expansion',
    ],
    [
      'inherited variables',
      `FROM a AS b\nENV ${Array.from({ length: 20_000 }, (_, i) => `v${i}=`).join(' ')}\n${'FROM b AS b\n'.repeat(200)}`,
      'expansion',
    ],
    ['commands', `FROM a\nRUN ${'a;'.repeat(30_000)}`, 'commands'],
    ['instructions', `FROM a\n${'RUN a\n'.repeat(6_000)}`, 'instructions'],
  ])('bound that is named: %s', (_, text, limit) => {
    expect(parse(text).problems.map((p) => [p.code, p.message.includes(`"${limit}"`)])).toEqual([
      ['DOCKERFILE_LIMIT', true],
    ]);
  });

  test.each([
    ['substitutions', `FROM a\nRUN ${'$('.repeat(200_000)}`],
    ['quotes', `FROM a\nRUN ${'"$(\''.repeat(100_000)}`],
    ['heredocs', `FROM a\nRUN ${'<<EOF '.repeat(50_000)}\nEOF\n`],
    ['unended heredocs', `FROM a\n${Array.from({ length: 15_000 }, (_, i) => `RUN <<E${i}\n`).join('')}`],
    ['braces', `FROM a\nENV x=${'${x:-'.repeat(100_000)}`],
    ['groups', `FROM a\nRUN ${'('.repeat(200_000)}`],
    ['pipes', `FROM a\nRUN ${'a|'.repeat(200_000)}`],
    ['a group piped into one command', `FROM a\nRUN { ${'a;'.repeat(19_000)} } | ${'tini '.repeat(100_000)}`],
    ['stages and flags', `${'FROM a AS b\n'.repeat(4_000)}COPY ${'--from=zz '.repeat(100_000)}a b`],
    ['continuations', `FROM a\nRUN ${'\\\n'.repeat(300_000)}`],
    ['nested scripts', `FROM a\nRUN ${'sh -c "'.repeat(50_000)}`],
  ])('linear time: %s', (_, text) => {
    const start = performance.now();
    dockerfileValue(parse(text).dockerfile);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
