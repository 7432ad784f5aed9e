import { mutateMeaning, randomOf, seedRules } from '../compiler/testing/mutate.ts';
import { compile, fromJson, RegoError, stringifyJson } from '../index.ts';
import { mutate } from '../syntax/testing/mutate.ts';

export interface FuzzCount {
  readonly compiled: number;
  readonly refused: number;
  /** Milliseconds. */
  readonly slowest: number;
}

const limits = { maxSteps: 200_000, maxItems: 50_000, maxMilliseconds: 1_000, maxStringLength: 1_000_000 };

const input = `{"user": "eve", "keys": ["a", 1], "kind": null, "names": ["ab", "x"], "xs": [1, 2.5, 1e3],
  "containers": [{"name": "c", "image": "r/i"}], "pair": [1, 2], "o": {"k": 1}, "a": 1, "b": [2], "d": 1,
  "__proto__": {"x": 1}, "constructor": "c", "rule": "h", "x": {"x": {"y": [1]}}}`;
const data = '{"lib": {"registry": "r/"}, "roles": {"eve": [{"name": "admin"}]}}';

/**
 * Compiles modules that are mutations of seeds, and evaluates all of their documents, twice so that indexes come in, and once watched.
 *
 * @throws what is no RegoError, with the module as its cause's text.
 */
export function fuzzEvaluation(count: number, seed: number, seeds: readonly string[]): FuzzCount {
  const random = randomOf(seed);
  const inputValue = fromJson(input);
  const dataValue = fromJson(data);
  const first = [...seedRules, ...seeds];
  const pool = [...first];
  let compiled = 0;
  let slowest = 0;
  for (let round = 0; round < count; round += 1) {
    const from = pool[Math.floor(random() * pool.length)] ?? '';
    const text = mutated(from, random);
    const begin = performance.now();
    try {
      const policy = compile({ 'fuzz.rego': text }, { data: dataValue, limits });
      compiled += 1;
      for (const options of [{}, {}, { explain: true, listeners: [{ event: () => undefined }] }]) {
        const { result } = policy.evaluate('data', inputValue, options);
        if (result !== undefined) stringifyJson(result);
      }
      if (text.length < 3_000 && random() < 0.1) {
        if (pool.length < first.length + 300) pool.push(text);
        else pool[first.length + Math.floor(random() * 300)] = text;
      }
    } catch (error) {
      if (!(error instanceof RegoError)) throw new Error(`crash on ${text}`, { cause: error });
    }
    slowest = Math.max(slowest, performance.now() - begin);
  }
  return { compiled, refused: count - compiled, slowest };
}

function mutated(text: string, random: () => number): string {
  const kind = random();
  if (kind < 0.8) return exchangeAtoms(text, random);
  return kind < 0.95 ? mutateMeaning(text, random) : mutate(text, random);
}

const words = /"(?:[^"\\\n]|\\.)*"|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|:=|==|!=|<=|>=|\s+|./gs;
const keywords = new Set(
  'package import default if else some every in contains not with as and or rego data v1 v2'.split(' '),
);
const atoms = [
  ...'_ null true 0 -1 1.5 1e400 9007199254740993 "" "a" "__proto__" "\\ud800" "\\u2028" [] {} set() input'.split(
    ' ',
  ),
  ...'input.x input[_] input.__proto__ data data.a data.d.objs[_] input.list[_] input.constructor'.split(' '),
  ...'[1,2] {"a":1} {1,2} [x|x:=input.list[_]] numbers.range(1,1000000) sprintf("%s",[input]) walk(input)'.split(
    ' ',
  ),
  ...'count(input) json.marshal(input) array.concat(input.list,[1]) regex.match("(a|a)*$","aaaa")'.split(' '),
  ...'object.union(input,input) to_number("1e99") time.now_ns() yaml.marshal(data) input.a/0 1%0 5-{1}'.split(
    ' ',
  ),
];

/** A text in which some names and constants were exchanged for others. */
function exchangeAtoms(text: string, random: () => number): string {
  const parts = text.match(words) ?? [];
  const places = [...parts.keys()].filter((at) => {
    const part = parts[at] ?? '';
    return /^["A-Za-z_0-9]/.test(part) && !keywords.has(part);
  });
  const place = (): number => places[Math.floor(random() * places.length)] ?? 0;
  const steps = 1 + Math.floor(random() * 3);
  for (let step = 0; step < steps; step += 1) {
    const other = random() < 0.5 ? parts[place()] : atoms[Math.floor(random() * atoms.length)];
    parts[place()] = other ?? '';
  }
  return parts.join('');
}
