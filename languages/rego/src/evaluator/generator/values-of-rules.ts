import type { Rule } from '../../syntax/ast.ts';
import type { RegoValue } from '../../values/index.ts';
import type { FunctionCode } from '../runtime/documents.ts';
import { type Runtime, runtime } from '../runtime/index.ts';
import type { CollectCode, ConflictSite, Owner } from '../runtime/owner.ts';
import type { RuleIndex } from '../runtime/rule-index.ts';
import type { Scope } from '../runtime/scope.ts';
import { emitBody } from './bodies.ts';
import { type Chain, type Definitions, headValue, placeOf } from './definitions.ts';
import { Frame, type Linker } from './frame.ts';
import { emitMatch, equalityCode } from './matches.ts';
import { ruleIndex } from './rule-index.ts';
import { callSite } from './sites.ts';
import { type Block, Unit } from './unit.ts';
import { emitValue } from './values.ts';
import { unusedVariables } from './variables.ts';
import { emitExit, emitRedo, openWatched } from './watched.ts';

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
  const unit = new Unit<Runtime>(linker.maxCodeLength);
  const owner: Owner = { message: rules.message, collectors: once(() => compileCollectors(rules, linker)) };
  const { chains } = rules.definitions;
  const args = argumentNames(rules.arity);
  const index = linker.watched ? undefined : ruleIndex(chains);
  if (index === undefined) {
    const body = emitDefinitions(rules, owner, unit, linker);
    emitChains(body, rules);
  } else {
    const code = indexedValueRules(rules, owner, index, linker);
    unit.root.line(`const f = ${unit.constant(code)};`);
  }
  if (rules.memo === undefined) unit.root.line('return f;');
  else emitMemo(unit, rules.memo, args);
  return asFunction(unit.compile(runtime));
}

interface Body {
  readonly block: Block;
  readonly names: readonly (readonly string[])[];
  readonly last: string | undefined;
}

function emitDefinitions(rules: ValueRules, owner: Owner, unit: Unit<Runtime>, linker: Linker): Body {
  const { chains, fallback } = rules.definitions;
  const emit = (rule: Rule) => emitDefinition({ rule, rules, owner, unit, linker });
  const names = chains.map((chain) => chain.map(emit));
  const last = fallback === undefined ? undefined : emit(fallback);
  const args = argumentNames(rules.arity);
  return { block: unit.root.function('f', ['s', ...args]), names, last };
}

/** Of many definitions those that can hold; each is generated when it is first run. */
function indexedValueRules(rules: ValueRules, owner: Owner, index: RuleIndex, linker: Linker): FunctionCode {
  const { chains, fallback, agree } = rules.definitions;
  const compileOne = (rule: Rule) =>
    once((): DefinitionCode => {
      const unit = new Unit<Runtime>(linker.maxCodeLength);
      const name = emitDefinition({ rule, rules, owner, unit, linker });
      unit.root.line(`return ${name};`);
      return asFunction(unit.compile(runtime));
    });
  const codes = chains.map((chain) => chain.map(compileOne));
  const last = fallback === undefined ? undefined : compileOne(fallback);
  return (scope, ...args) => {
    let value: RegoValue | undefined;
    for (const i of index.select(scope, args)) {
      let next: RegoValue | undefined;
      for (const code of codes[i] ?? []) {
        next = code()(scope, value, ...args);
        if (next !== undefined) break;
      }
      if (next !== undefined && agree) return next;
      value = next ?? (next === null ? null : value);
    }
    return value === undefined ? last?.()(scope, undefined, ...args) : value;
  };
}

/** The value of one definition; `before` is that of the definitions before it. */
type DefinitionCode = (
  scope: Scope,
  before: RegoValue | undefined,
  ...args: RegoValue[]
) => RegoValue | undefined;

function emitChains({ block, names, last }: Body, rules: ValueRules): void {
  const { agree } = rules.definitions;
  const passed = ['s', 'p', ...argumentNames(rules.arity)].join(', ');
  block.line('let p, n;');
  for (const chain of names) {
    chain.forEach((name, i) => {
      block.line(`${i === 0 ? '' : 'if (n === undefined) '}n = ${name}(${passed});`);
    });
    block.line(agree ? 'if (n !== undefined) return n;' : 'if (n !== undefined) p = n;');
  }
  if (last !== undefined) block.line(`if (p === undefined) p = ${last}(${passed});`);
  block.line('return p;');
}

/**
 * Results are kept by the identity of the arguments, since what is asked for again mostly comes with the same
 * objects; `Memo` decides on anything else.
 */
function emitMemo(unit: Unit<Runtime>, memo: number, args: readonly string[]): void {
  const none = unit.use('absent');
  const call = `f(${['s', ...args].join(', ')})`;
  const body = unit.root.function(undefined, ['s', ...args]);
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
  const frame = openRule(name, ['s', 'p', ...args], unit, linker, rule);
  frame.line('let result;');
  const site: ConflictSite = { ...callSite(placeOf(rule)), owner };
  frame.closure(() => {
    emitArguments(rule, args, frame);
    emitBody(rule.body, frame);
    const value = emitValue(headValue(rule), frame);
    emitExit(value, frame);
    if (rules.definitions.agree) {
      emitRedo(frame);
      frame.line(`return ${value};`);
    } else {
      const same = equalityCode('p', value, frame);
      const fail = `${unit.use('conflict')}(${unit.constant(site)}, s, [${args.join(', ')}])`;
      frame.line(`if (p === undefined) p = ${value}; else if (!${same}) ${fail};`);
      frame.line('result = p;');
      emitRedo(frame);
    }
  }, false);
  frame.line('return result;');
  return name;
}

/** Opens the function of a rule; `r` is the run in it. */
export function openRule(
  name: string | undefined,
  parameters: readonly string[],
  unit: Unit<Runtime>,
  linker: Linker,
  rule?: Rule,
): Frame {
  const unused: ReadonlySet<string> = rule === undefined ? new Set() : unusedVariables(rule);
  const frame = new Frame(unit, linker, unit.root.function(name, parameters), unused);
  frame.line('const r = s.run; if (--r.fuel < 0) r.refuel();');
  const node = rule === undefined ? undefined : linker.watchedRule(rule);
  if (node !== undefined) openWatched(node, frame);
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
  const unit = new Unit<Runtime>(linker.maxCodeLength);
  const args = argumentNames(arity);
  const frame = openRule(undefined, ['s', 'list', ...args], unit, linker, rule);
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
