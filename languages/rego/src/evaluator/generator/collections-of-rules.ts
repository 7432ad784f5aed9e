import type { CompiledRule } from '../../compiler/compiled.ts';
import type { Rule, Term } from '../../syntax/ast.ts';
import { RegoObject, RegoSet } from '../../values/index.ts';
import type { DocumentCode, EntryCode } from '../runtime/documents.ts';
import { type Runtime, runtime } from '../runtime/index.ts';
import { ObjectBuilder } from '../runtime/object-builder.ts';
import type { Scope } from '../runtime/scope.ts';
import { emitBody } from './bodies.ts';
import { internalError } from './errors.ts';
import type { Frame, Linker } from './frame.ts';
import { emitMatch } from './matches.ts';
import { ruleIndex } from './rule-index.ts';
import { callSite } from './sites.ts';
import { isMatchable } from './terms.ts';
import { Unit } from './unit.ts';
import { emitValue } from './values.ts';
import { asFunction, once, openRule } from './values-of-rules.ts';
import { emitExit, emitRedo } from './watched.ts';

/** Code for the set that rules with `contains` make. */
export function compileSet(rules: readonly CompiledRule[], linker: Linker): DocumentCode {
  const emit = ({ rule }: CompiledRule, unit: Unit<Runtime>) =>
    emitRule(rule, unit, linker, ['out'], (frame) => emitItem(rule, frame));
  const index = linker.watched ? undefined : ruleIndex(rules.map(({ rule }) => [rule]));
  if (index !== undefined) {
    const codes = rules.map((rule) => once(() => compileAdder<RegoSet>(rule, emit, linker)));
    return (scope) => {
      const out = new RegoSet();
      for (const i of index.select(scope, [])) codes[i]?.()(scope, out);
      return out;
    };
  }
  const unit = new Unit<Runtime>(linker.maxCodeLength);
  const names = rules.map((rule) => emit(rule, unit));
  const body = unit.root.function(undefined, ['s']);
  body.line(`const out = new ${unit.use('RegoSet')}();`);
  for (const name of names) body.line(`${name}(s, out);`);
  body.line('return out;');
  return asFunction(unit.compile(runtime));
}

/** One rule of many as code of its own, which adds what it gives to the collection. */
function compileAdder<Collection>(
  rule: CompiledRule,
  emit: (rule: CompiledRule, unit: Unit<Runtime>) => string,
  linker: Linker,
): (scope: Scope, out: Collection) => void {
  const unit = new Unit<Runtime>(linker.maxCodeLength);
  const name = emit(rule, unit);
  unit.root.line(`return ${name};`);
  return asFunction(unit.compile(runtime));
}

/** Code that tells whether a key is in that set, which gives the key. */
export function compileSetEntry(rules: readonly CompiledRule[], linker: Linker): EntryCode {
  const unit = new Unit<Runtime>(linker.maxCodeLength);
  const names = rules.map(({ rule }) =>
    emitRule(
      rule,
      unit,
      linker,
      ['out', 'key'],
      (frame) => emitItem(rule, frame),
      (frame) => emitKey(keyOfSet(rule), frame),
    ),
  );
  const body = unit.root.function(undefined, ['s', 'key']);
  body.line(`const out = new ${unit.use('RegoSet')}();`);
  for (const name of names) body.line(`${name}(s, out, key);`);
  body.line('return out.get(key);');
  return asFunction(unit.compile(runtime));
}

/** Code for the object that rules with variables in their references make. */
export function compileObject(rules: readonly CompiledRule[], depth: number, linker: Linker): DocumentCode {
  const flat = isFlat(rules, depth);
  const emit = (rule: CompiledRule, unit: Unit<Runtime>) =>
    emitObjectRule(rule, depth, flat, false, unit, linker);
  const index = linker.watched ? undefined : ruleIndex(rules.map(({ rule }) => [rule]));
  if (index !== undefined) {
    const codes = rules.map((rule) =>
      once(() => compileAdder<RegoObject | ObjectBuilder>(rule, emit, linker)),
    );
    return (scope) => {
      const out = flat ? new RegoObject() : new ObjectBuilder();
      for (const i of index.select(scope, [])) codes[i]?.()(scope, out);
      return out instanceof ObjectBuilder ? out.build() : out;
    };
  }
  const unit = new Unit<Runtime>(linker.maxCodeLength);
  const names = rules.map((rule) => emit(rule, unit));
  const body = unit.root.function(undefined, ['s']);
  body.line(`const out = new ${unit.use(flat ? 'RegoObject' : 'ObjectBuilder')}();`);
  for (const name of names) body.line(`${name}(s, out);`);
  body.line(flat ? 'return out;' : 'return out.build();');
  return asFunction(unit.compile(runtime));
}

/** Code for one entry of that object. */
export function compileEntry(rules: readonly CompiledRule[], depth: number, linker: Linker): EntryCode {
  const unit = new Unit<Runtime>(linker.maxCodeLength);
  const flat = isFlat(rules, depth);
  const names = rules.map((rule) => emitObjectRule(rule, depth, flat, true, unit, linker));
  const body = unit.root.function(undefined, ['s', 'key']);
  body.line(`const out = new ${unit.use(flat ? 'RegoObject' : 'ObjectBuilder')}();`);
  for (const name of names) body.line(`${name}(s, out, key);`);
  body.line(`return out${flat ? '' : '.build()'}.get(key);`);
  return asFunction(unit.compile(runtime));
}

/** Every rule gives one value under one key. */
function isFlat(rules: readonly CompiledRule[], depth: number): boolean {
  return rules.every(({ kind, path }) => kind === 'single' && path.length === depth + 1);
}

function emitObjectRule(
  { rule, kind, path }: CompiledRule,
  depth: number,
  flat: boolean,
  keyed: boolean,
  unit: Unit<Runtime>,
  linker: Linker,
): string {
  const site = unit.constant(callSite(rule.head.location ?? rule.location));
  const below = path.slice(depth);
  return emitRule(
    rule,
    unit,
    linker,
    keyed ? ['out', 'key'] : ['out'],
    (frame) => {
      const keys = below.map((term) => emitValue(term, frame));
      const value = emitValue(kind === 'multi' ? keyOfSet(rule) : (rule.head.value ?? trueTerm), frame);
      emitExit(value, frame);
      if (flat) frame.line(`${unit.use('putUnique')}(out, ${keys[0]}, ${value}, ${site});`);
      else {
        const method = kind === 'multi' ? 'add' : 'put';
        frame.line(`out.${method}([${keys.join(', ')}], ${value}, ${site});`);
      }
    },
    (frame) => {
      const first = below[0];
      if (keyed && first !== undefined) emitKey(first, frame);
    },
  );
}

const trueTerm: Term = { type: 'boolean', value: true, location: undefined };

function emitRule(
  rule: Rule,
  unit: Unit<Runtime>,
  linker: Linker,
  parameters: readonly string[],
  result: (frame: Frame) => void,
  before: (frame: Frame) => void = () => {},
): string {
  const name = unit.fresh('f');
  const frame = openRule(name, ['s', ...parameters], unit, linker, rule);
  frame.closure(() => {
    before(frame);
    emitBody(rule.body, frame);
    frame.line('if (--r.room < 0) r.full();');
    result(frame);
    emitRedo(frame);
  }, false);
  return name;
}

function emitItem(rule: Rule, frame: Frame): void {
  const item = emitValue(keyOfSet(rule), frame);
  emitExit(item, frame);
  frame.line(`out.add(${item});`);
}

/** What the head has for the known key gets its value before the body runs; where it cannot, all keys are made. */
function emitKey(term: Term, frame: Frame): void {
  if (isMatchable(term, frame.bound)) emitMatch(term, 'key', frame);
}

function keyOfSet(rule: Rule): Term {
  if (rule.head.key === undefined) throw internalError('a rule with contains has no key', rule.location);
  return rule.head.key;
}
