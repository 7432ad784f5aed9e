/** A sequence of numbers in [0, 1) that is the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const words = [
  ...'not package import as default else with null true false some in every contains if and or'.split(' '),
  ...'x y _ input data data.foo a.b[c].d f(x) p[x] set() print(1) internal.member_2(x,y)'.split(' '),
  ...'{ } [ ] ( ) , : ; . := = == != < <= > >= + - * / % & | ! $ \\ \\{ " ` $" $` {} [] ((('.split(' '),
  ...'1 0.5 -1 .5 01 1e5 1e999999 "a" `b` "\\u00e9" é 😀'.split(' '),
  ' ',
  '\n',
  '\t',
  '\u0000',
  '\u00a0',
  '\ud800',
  '\ufeff',
  '# note\n',
  '# METADATA\n',
  'import rego.v1\n',
  'import rego.v2\n',
  'import future.keywords\n',
  'import future.keywords.not\n',
  'x in xs',
  'some k, v in xs',
  'every x in xs { x }',
  'not { x }',
  'not (x or y)',
  '{ x } and { y }',
  'with input as 1',
  'else := 1',
  '{x | y}',
  '[x | y]',
  '{x: y | z}',
];

const wordsOf = /[ \t\r\n]+|[A-Za-z_][A-Za-z0-9_]*|[0-9.]+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|:=|==|!=|<=|>=|./gs;

/** A text with a few words left out, put in, doubled, exchanged, or with its end cut off. */
export function mutate(text: string, random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit);
  const parts = text.match(wordsOf) ?? [];
  const steps = 1 + below(4);
  for (let step = 0; step < steps; step += 1) {
    const at = below(parts.length + 1);
    const word = words[below(words.length)] ?? '';
    switch (below(6)) {
      case 0:
        parts.splice(at, 1);
        break;
      case 1:
        parts.splice(at, 0, word);
        break;
      case 2:
        parts.splice(at, 1, ' ', word, ' ');
        break;
      case 3:
        parts.splice(at, 0, parts[below(parts.length)] ?? '');
        break;
      case 4:
        parts.splice(at, 1, parts[below(parts.length)] ?? '', ...parts.slice(at, at + 1));
        break;
      default:
        parts.splice(at, below(8));
    }
  }
  const mutated = parts.join('');
  return below(20) === 0 ? mutated.slice(0, below(mutated.length + 1)) : mutated;
}
