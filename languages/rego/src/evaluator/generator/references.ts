import { childNode, type RuleTreeNode } from '../../compiler/compiled.ts';
import type { Term } from '../../syntax/ast.ts';
import type { RegoValue } from '../../values/index.ts';
import { internalError } from './errors.ts';
import type { Frame } from './frame.ts';
import { emitMatch } from './matches.ts';
import { constantValue, isDetermined, isPlainName, isScalarTerm } from './terms.ts';
import { literal } from './unit.ts';
import { emitValue } from './values.ts';
import { noteDocument, noteMember, noteRoot, noteStep } from './watched.ts';

/** Writes what follows a reference; loops over what is unbound in it stay open. */
export function emitReference(terms: readonly Term[], frame: Frame): string {
  const [head, ...operands] = terms;
  if (head === undefined) throw internalError('empty reference', undefined);
  if (head.type === 'var' && !frame.bound.has(head.name)) {
    if (head.name === 'data') return emitData(operands, frame);
    if (head.name === 'input') {
      const input = frame.name(`${frame.scope}.input`, frame.levelOf(frame.scope));
      noteRoot('input', [], input, frame);
      frame.failIf(`${input} === undefined`);
      return emitSteps(input, operands, frame);
    }
  }
  return emitSteps(emitValue(head, frame), operands, frame);
}

/** Follows operands from a value. */
export function emitSteps(from: string, operands: readonly Term[], frame: Frame): string {
  let current = from;
  for (const operand of operands) current = emitStep(current, operand, frame);
  return current;
}

function emitStep(from: string, operand: Term, frame: Frame): string {
  if (operand.type === 'string' && isPlainName(operand.value)) return emitMember(from, operand.value, frame);
  if (!isDetermined(operand, frame.bound)) return emitLoop(from, operand, frame);
  const key = emitValue(operand, frame);
  const value = frame.name(`${frame.unit.use('at')}(${from}, ${key})`, frame.levelOf(from, key));
  noteStep(from, key, value, frame);
  frame.failIf(`${value} === undefined`);
  return value;
}

function emitMember(from: string, name: string, frame: Frame): string {
  const key = literal(name);
  const value = frame.fresh(frame.levelOf(from));
  frame.line(`let ${value} = ${from}?.${wordPattern.test(name) ? name : `[${key}]`};`);
  noteMember(from, name, value, frame);
  const member = frame.unit.use('member');
  frame.failIf(`${value} === undefined && (${value} = ${member}(${from}, ${key})) === undefined`);
  return value;
}

/** A name that may stand behind a dot. */
const wordPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Goes through a collection; the operand is matched against each key. */
function emitLoop(from: string, operand: Term, frame: Frame): string {
  const { unit } = frame;
  const level = frame.levelOf(from);
  const takeItems = unit.use(frame.ordered ? 'itemsInOrder' : 'items');
  const values = frame.hoisted(level, () => frame.name(`${takeItems}(${from})`, level));
  const needsKeys = frame.linker.watched || !frame.isAnything(operand);
  const takeKeys = needsKeys ? unit.use(frame.ordered ? 'keysInOrder' : 'keys') : '';
  const keys = needsKeys ? frame.hoisted(level, () => frame.name(`${takeKeys}(${from})`, level)) : '';
  const index = unit.fresh('i');
  frame.openLoop(`for (let ${index} = 0; ${index} < ${values}.length; ${index}++)`);
  const value = frame.name(`${values}[${index}]`);
  if (needsKeys) {
    const key = frame.name(`${keys} === null ? ${index} : ${keys}[${index}]`);
    noteStep(from, key, value, frame);
    emitMatch(operand, key, frame);
  }
  return value;
}

/** Whether a reference ends above rules or goes through their tree by a key known only at run time. */
export function endsInTree(terms: readonly Term[], frame: Frame): boolean {
  const [head, ...operands] = terms;
  if (head?.type !== 'var' || head.name !== 'data' || frame.bound.has(head.name)) return false;
  let node = frame.linker.root.children.get('"data');
  for (const operand of operands) {
    if (node === undefined || node.rules.length > 0) return false;
    if (!isScalarTerm(operand)) return node.children.size > 0;
    node = childNode(node, operand);
  }
  return node !== undefined && node.rules.length === 0;
}

/** A reference into data: rules where there are any, else what is stored. */
function emitData(operands: readonly Term[], frame: Frame): string {
  let node = frame.linker.root.children.get('"data');
  const path: RegoValue[] = [];
  for (const [i, operand] of operands.entries()) {
    if (!isScalarTerm(operand)) {
      if (node !== undefined && node.children.size > 0) return emitCursor(node, operands.slice(i), frame);
      return emitSteps(emitBase(path, frame), operands.slice(i), frame);
    }
    if (node !== undefined) {
      node = childNode(node, operand);
      if (node !== undefined && node.rules.length > 0)
        return emitDocument(node, operands.slice(i + 1), frame);
    }
    path.push(constantValue(operand) ?? null);
  }
  if (node === undefined) return emitBase(path, frame);
  const tree = frame.unit.constant(frame.linker.tree(node));
  return defined(`${frame.unit.use('extent')}(${frame.scope}, ${tree})`, frame);
}

function emitBase(path: readonly RegoValue[], frame: Frame): string {
  const number = frame.linker.baseNumber(path);
  const constant = frame.unit.constant(path);
  const value = frame.name(
    `${frame.unit.use('base')}(${frame.scope}, ${number}, ${constant})`,
    frame.levelOf(frame.scope),
  );
  noteRoot('data', path, value, frame);
  frame.failIf(`${value} === undefined`);
  return value;
}

function emitDocument(node: RuleTreeNode, operands: readonly Term[], frame: Frame): string {
  const document = frame.linker.document(node);
  if (document === undefined) {
    // A function is no document.
    return defined('undefined', frame);
  }
  const name = frame.unit.constant(document);
  const [first, ...rest] = operands;
  if (first !== undefined && document.hasEntries && isDetermined(first, frame.bound)) {
    const key = emitValue(first, frame);
    const level = frame.levelOf(frame.scope, key);
    const entry = frame.name(`${name}.at(${frame.scope}, ${key})`, level);
    noteDocument(document.path, key, entry, frame);
    frame.failIf(`${entry} === undefined`);
    return emitSteps(entry, rest, frame);
  }
  const value = frame.name(`${name}.get(${frame.scope})`, frame.levelOf(frame.scope));
  noteDocument(document.path, 'undefined', value, frame);
  frame.failIf(`${value} === undefined`);
  return emitSteps(value, operands, frame);
}

/** A reference whose next operand decides at run time which rules it leads to. */
function emitCursor(node: RuleTreeNode, operands: readonly Term[], frame: Frame): string {
  const { unit, scope } = frame;
  let cursor = frame.name(`{tree: ${unit.constant(frame.linker.tree(node))}}`, 0);
  for (const operand of operands) {
    let key: string;
    if (isDetermined(operand, frame.bound)) key = emitValue(operand, frame);
    else {
      const keys = frame.name(`${unit.use('keysAt')}(${scope}, ${cursor})`);
      const index = unit.fresh('i');
      frame.openLoop(`for (let ${index} = 0; ${index} < ${keys}.length; ${index}++)`);
      key = frame.name(`${keys}[${index}]`);
      emitMatch(operand, key, frame);
    }
    const level = frame.levelOf(scope, cursor, key);
    cursor = defined(`${unit.use('stepInto')}(${scope}, ${cursor}, ${key})`, frame, level);
  }
  return defined(`${unit.use('documentAt')}(${scope}, ${cursor})`, frame, frame.levelOf(scope, cursor));
}

function defined(code: string, frame: Frame, level = frame.levelOf(frame.scope)): string {
  const value = frame.name(code, level);
  frame.failIf(`${value} === undefined`);
  return value;
}
