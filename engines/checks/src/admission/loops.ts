import type { PathPattern } from '../path-pattern.ts';
import { celString, isFieldName } from './literal.ts';

/** One macro over a list or over the keys of a mapping: `range.all(variable, …)`. */
export interface Loop {
  readonly range: string;
  readonly variable: string;
}

/** `body` for every element: false at the first for which it is false. */
export function forAll(loops: readonly Loop[], body: string): string {
  return loops.reduceRight((text, loop) => macro(loop, 'all', [text]), body);
}

/** The text that `body` makes of the first element for which `condition` holds; an error where there is none. */
export function firstOf(loops: readonly Loop[], condition: string, body: string): string {
  const last = loops.at(-1);
  if (last === undefined) return body;
  const lists = loops
    .slice(0, -1)
    .reduceRight(
      (text, loop) => `${macro(loop, 'map', [text])}.filter(found, found.size() > 0)`,
      macro(last, 'map', [condition, body]),
    );
  return `${lists}${'[0]'.repeat(loops.length)}`;
}

/** Arguments that are too long for one line stand below each other. */
function macro({ range, variable }: Loop, name: string, bodies: readonly string[]): string {
  const isShort = bodies.join().length < 80 && !bodies.some((body) => body.includes('\n'));
  const written = isShort ? bodies.map((body) => ` ${body}`) : bodies.map((body) => `\n  ${indented(body)}`);
  return `${range}.${name}(${[variable, ...written].join(',')})`;
}

/** The lines after the first two columns further in, unless a string goes over several of them. */
function indented(text: string): string {
  return /'{3}|"{3}/.test(text) ? text : text.replaceAll('\n', '\n  ');
}

/** Fields that are mappings wherever Kubernetes has them. */
const mappings: ReadonlySet<string> = new Set([
  'annotations',
  'binaryData',
  'data',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'portLevelMtls',
  'requests',
  'stringData',
]);

/** What is known of the values that `[*]` goes over. */
export interface EachKnowledge {
  /** The last `[*]` goes over a mapping: the check speaks of `key`. */
  readonly keyed: boolean;
  /** A custom resource has mappings where nothing says so: what stands there decides. */
  readonly custom: boolean;
}

/** The loops that `each` of a check stands for, from the element to `item`. */
export function loopsOf(element: string, each: PathPattern, { keyed, custom }: EachKnowledge): Loop[] {
  const lastWildcard = each.findLastIndex((step) => typeof step === 'object');
  const loops: Loop[] = [];
  let range = element;
  let isOptional = false;
  for (const [i, step] of each.entries()) {
    if (typeof step !== 'object') {
      range += typeof step === 'string' && isFieldName(step) ? `.?${step}` : `[?${indexText(step)}]`;
      isOptional = true;
      continue;
    }
    if (isOptional) range += '.orValue([])';
    isOptional = false;
    const before = each[i - 1];
    const isLast = i === lastWildcard;
    const isMapping = (isLast && keyed) || (typeof before === 'string' && mappings.has(before));
    const variable = i === each.length - 1 ? 'item' : `outer${loops.length === 0 ? '' : loops.length + 1}`;
    if (isMapping) {
      const key = isLast ? 'key' : `${variable}Key`;
      // The empty value of what is not there is a list as well as a mapping: it is never entered.
      loops.push({ range, variable: key }, { range: `[${range}[${key}]]`, variable });
    } else {
      loops.push({ range: custom ? valuesOf(range) : range, variable });
    }
    range = variable;
  }
  if (isOptional) loops.push({ range: `${range}.optMap(found, [found]).orValue([])`, variable: 'item' });
  return loops;
}

/** The items of a list, the values of a mapping. */
function valuesOf(range: string): string {
  return `(type(${range}) == map ? ${range}.map(key, ${range}[key]) : ${range})`;
}

function indexText(step: string | number): string {
  return typeof step === 'number' ? String(step) : celString(step);
}
