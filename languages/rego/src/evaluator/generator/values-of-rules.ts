import type { Rule } from '../../syntax/ast.ts';
import type { FunctionCode } from '../runtime/documents.ts';
import { type Runtime, runtime } from '../runtime/index.ts';
import type { CollectCode, ConflictSite, Owner } from '../runtime/owner.ts';
import { emitBody } from './bodies.ts';
import { type Chain, type Definitions, headValue, placeOf } from './definitions.ts';
import { Frame, type Linker } from './frame.ts';
import { emitMatch, equalityCode } from './matches.ts';
import { callSite } from './sites.ts';
import { type Block, Unit } from './unit.ts';
import { emitValue } from './values.ts';
import { unusedVariables } from './variables.ts';

/** A rule that gives one value, or a function. */
export interface ValueRules {
  readonly definitions: Definitions;
  readonly arity: number;
  /** As errors call it: `rule data.p.q`. */
  readonly message: string;
  /** Number of the function whose results are to be kept; rules are kept by their document. */
  readonly memo: number | undefined;
}

/** Code for the value of the rules, or of the function for its arguments. */
export function compileValueRules(rules: ValueRules, linker: Linker): FunctionCode {
  const unit = new Unit<Runtime>();
  const owner: Owner = { message: rules.message, collectors: once(() => compileCollectors(rules, linker)) };
  const { chains, fallback } = rules.definitions;
  const names = chains.map((chain) =>
    chain.map((rule) => emitDefinition({ rule, rules, owner, unit, linker })),
  );
  const last = fallback && emitDefinition({ rule: fallback, rules, owner, unit, linker });
  const args = argumentNames(rules.arity);
  const { memo } = rules;
  const body = unit.root.open(
    `${memo === undefined ? 'return ' : ''}function f(${['s', ...args].join(', ')}) `,
  );
  emitChains(body, names, last, rules);
  if (memo !== undefined) emitMemo(unit, memo, args);
  return asFunction(unit.compile(runtime));
}

function emitChains(
  body: Block,
  names: readonly (readonly string[])[],
  last: string | undefined,
  rules: ValueRules,
): void {
  const { agree } = rules.definitions;
  const args = argumentNames(rules.arity);
  body.line('let p, n;');
  for (const chain of names) {
    chain.forEach((name, i) => {
      body.line(`${i === 0 ? '' : 'if (n === undefined) '}n = ${name}(${['s', 'p', ...args].join(', ')});`);
    });
    body.line(agree ? 'if (n !== undefined) return n;' : 'if (n !== undefined) p = n;');
  }
  if (last !== undefined) body.line(`if (p === undefined) p = ${last}(${['s', 'p', ...args].join(', ')});`);
  body.line('return p;');
}

/**
 * Results are kept by the identity of the arguments, since what is asked for again mostly comes with the same
 * objects; `Memo` decides on anything else.
 */
function emitMemo(unit: Unit<Runtime>, memo: number, args: readonly string[]): void {
  const none = unit.use('absent');
  const call = `f(${['s', ...args].join(', ')})`;
  const body = unit.root.open(`return function (${['s', ...args].join(', ')}) `);
  body.line(`const memo = s.calls[${memo}] ?? (s.calls[${memo}] = new ${unit.use('Memo')}());`);
  body.line(`if (memo.isOff && memo.staysOff(s.run)) return ${call};`);
  body.line('let m = memo.results;');
  const keys = args.map((arg, i) => {
    body.line(`const x${i} = memo.byValue ? ${unit.use('keyOf')}(${arg}) : ${arg};`);
    return `x${i}`;
  });
  for (const arg of keys.slice(0, -1)) {
    body.line(`{ let n = m.get(${arg}); if (n === undefined) m.set(${arg}, n = new Map()); m = n; }`);
  }
  const key = keys.at(-1) ?? 'null';
  body.line(`const k = m.get(${key});`);
  body.line(`if (k !== undefined) { memo.hits++; return k === ${none} ? undefined : k; }`);
  body.line(`const v = ${call};`);
  body.line(`memo.missed(); m.set(${key}, v === undefined ? ${none} : v); return v;`);
}

interface Definition {
  readonly rule: Rule;
  readonly rules: ValueRules;
  readonly owner: Owner;
  readonly unit: Unit<Runtime>;
  readonly linker: Linker;
}

/** A function of one definition: its value, checked against the value `p` of those before it. */
function emitDefinition({ rule, rules, owner, unit, linker }: Definition): string {
  const name = unit.fresh('f');
  const args = argumentNames(rules.arity);
  const frame = openRule(`function ${name}(${['s', 'p', ...args].join(', ')}) `, unit, linker, rule);
  frame.line('let result;');
  const site: ConflictSite = { ...callSite(placeOf(rule)), owner };
  frame.closure(() => {
    emitArguments(rule, args, frame);
    emitBody(rule.body, frame);
    const value = emitValue(headValue(rule), frame);
    if (rules.definitions.agree) frame.line(`return ${value};`);
    else {
      const same = equalityCode('p', value, frame);
      const fail = `${unit.use('conflict')}(${unit.constant(site)}, s, [${args.join(', ')}])`;
      frame.line(`if (p === undefined) p = ${value}; else if (!${same}) ${fail};`);
      frame.line('result = p;');
    }
  }, false);
  frame.line('return result;');
  return name;
}

/** Opens the function of a rule; `r` is the run in it. */
export function openRule(head: string, unit: Unit<Runtime>, linker: Linker, rule?: Rule): Frame {
  const unused: ReadonlySet<string> = rule === undefined ? new Set() : unusedVariables(rule);
  const frame = new Frame(unit, linker, unit.root.open(head), unused);
  frame.line('const r = s.run; if (--r.fuel < 0) r.refuel();');
  return frame;
}

export function emitArguments(rule: Rule, args: readonly string[], frame: Frame): void {
  rule.head.args?.forEach((pattern, i) => {
    const arg = args[i];
    if (arg !== undefined) emitMatch(pattern, arg, frame);
  });
}

export function argumentNames(arity: number): readonly string[] {
  return Array.from({ length: arity }, (_, i) => `a${i}`);
}

function compileCollectors(rules: ValueRules, linker: Linker): readonly (readonly CollectCode[])[] {
  return rules.definitions.chains.map((chain: Chain) =>
    chain.map((rule) => compileCollector(rule, rules.arity, linker)),
  );
}

function compileCollector(rule: Rule, arity: number, linker: Linker): CollectCode {
  const unit = new Unit<Runtime>();
  const args = argumentNames(arity);
  const frame = openRule(`return function (${['s', 'list', ...args].join(', ')}) `, unit, linker, rule);
  frame.line('let found = false;');
  frame.closure(() => {
    emitArguments(rule, args, frame);
    emitBody(rule.body, frame);
    const value = emitValue(headValue(rule), frame);
    frame.line('found = true;');
    frame.line(`if (list.offer(${value}, ${unit.constant(placeOf(rule))})) return true;`);
    // In Rego's order, since the values are told in the order in which they were found.
  }, true);
  frame.line('return found;');
  return asFunction(unit.compile(runtime));
}

export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Generated code returns a function of the shape that its generator writes. */
export function asFunction<T extends (...args: never[]) => unknown>(compiled: unknown): T {
  return compiled as T;
}
