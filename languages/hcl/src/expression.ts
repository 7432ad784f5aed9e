import type { HclBinaryOperator, HclCall, HclExpression, HclObjectItem } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readFor } from './for.ts';
import { readTemplate } from './template.ts';
import { readSteps } from './traversal.ts';

/** Operators by how tightly they bind (HCL native syntax, "Operations"). */
const precedence: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
} satisfies Record<HclBinaryOperator, number>;

export function readExpression(cursor: Cursor): HclExpression {
  return cursor.deeper(() => {
    const { start } = cursor.peek();
    const condition = readOperations(cursor, 1);
    if (!cursor.take('symbol', '?')) return condition;
    const whenTrue = readExpression(cursor);
    cursor.expect(':', 'a condition has a value for false behind :');
    const whenFalse = readExpression(cursor);
    return { type: 'conditional', condition, whenTrue, whenFalse, span: cursor.since(start) };
  });
}

/** Operations that bind at least as tightly as `tightness`, from left to right. */
function readOperations(cursor: Cursor, tightness: number): HclExpression {
  const { start } = cursor.peek();
  let left = readTerm(cursor);
  for (;;) {
    const operator = operatorAt(cursor);
    const own = operator === undefined ? 0 : (precedence[operator] ?? 0);
    if (operator === undefined || own < tightness) return left;
    cursor.read();
    const right = readOperations(cursor, own + 1);
    left = { type: 'binary', operator, left, right, span: cursor.since(start) };
  }
}

function operatorAt(cursor: Cursor): HclBinaryOperator | undefined {
  const { kind, text } = cursor.peek();
  return kind === 'symbol' && isOperator(text) ? text : undefined;
}

function isOperator(text: string): text is HclBinaryOperator {
  return Object.hasOwn(precedence, text);
}

/** A value with the attributes, indexes and splats behind it. */
function readTerm(cursor: Cursor): HclExpression {
  return readSteps(cursor, readValue(cursor));
}

function readValue(cursor: Cursor): HclExpression {
  const token = cursor.peek();
  const { start, text } = token;
  switch (token.kind) {
    case 'number':
      return readNumber(cursor);
    case 'name':
      return readName(cursor);
    case 'open-quote':
    case 'open-heredoc':
      return readTemplate(cursor);
    case 'symbol':
      if (text === '(') return readParentheses(cursor);
      if (text === '[') return readTuple(cursor);
      if (text === '{') return readObject(cursor);
      if (text === '-' || text === '!') {
        cursor.read();
        const operand = cursor.deeper(() => readTerm(cursor));
        return { type: 'unary', operator: text, operand, span: cursor.since(start) };
      }
  }
  throw cursor.unexpected('a value must stand here');
}

function readNumber(cursor: Cursor): HclExpression {
  const { text, start, end } = cursor.read();
  if (!/^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text))
    throw cursor.error(`${text.slice(0, 40)} is no number`, { start });
  if (!Number.isFinite(Number(text)) || /[eE][+-]?\d{4}/.test(text))
    throw cursor.error('a number is beyond what a double holds', { start }, 'HCL_LIMIT');
  return { type: 'number', text, span: { start, end } };
}

function readName(cursor: Cursor): HclExpression {
  const { text, start } = cursor.read();
  if (cursor.isSymbol('(') || cursor.isSymbol('::'))
    return { ...readCall(cursor, text), span: cursor.since(start) };
  const span = cursor.since(start);
  if (text === 'true' || text === 'false') return { type: 'literal', value: text === 'true', span };
  return text === 'null' ? { type: 'literal', value: null, span } : { type: 'variable', name: text, span };
}

function readCall(cursor: Cursor, first: string): HclCall {
  let name = first;
  while (cursor.take('symbol', '::')) {
    if (!cursor.is('name')) throw cursor.unexpected('the name of a function must follow ::');
    name += `::${cursor.read().text}`;
  }
  const open = cursor.expect('(', 'a function is called with (');
  return cursor.withNewlines(false, () => {
    const args: HclExpression[] = [];
    let expanded = false;
    while (!cursor.isSymbol(')')) {
      if (cursor.is('end')) throw cursor.error('this call has no ) that ends it', open);
      args.push(readExpression(cursor));
      expanded = cursor.take('symbol', '...');
      if (expanded || !cursor.take('symbol', ',')) break;
    }
    cursor.expect(')', 'arguments are parted by , and end with )');
    return { type: 'call', name, arguments: args, expanded };
  });
}

function readParentheses(cursor: Cursor): HclExpression {
  const { start } = cursor.read();
  const expression = cursor.withNewlines(false, () => {
    const inner = readExpression(cursor);
    cursor.expect(')', 'a ) must end what ( begins');
    return inner;
  });
  return { type: 'parentheses', expression, span: cursor.since(start) };
}

function readTuple(cursor: Cursor): HclExpression {
  const { start } = cursor.read();
  return cursor.withNewlines(false, () => {
    if (cursor.is('name', 'for')) return { ...readFor(cursor, ']'), span: cursor.since(start) };
    const items: HclExpression[] = [];
    while (!cursor.isSymbol(']')) {
      items.push(readExpression(cursor));
      if (!cursor.take('symbol', ',')) break;
    }
    cursor.expect(']', 'items are parted by , and end with ]');
    return { type: 'tuple', items, span: cursor.since(start) };
  });
}

function readObject(cursor: Cursor): HclExpression {
  const { start } = cursor.read();
  // `for` may stand on a line of its own; members may not.
  const found = cursor.withNewlines(false, () =>
    cursor.is('name', 'for') ? readFor(cursor, '}') : undefined,
  );
  if (found !== undefined) return { ...found, span: cursor.since(start) };
  const items = cursor.withNewlines(true, () => readMembers(cursor));
  return { type: 'object', items, span: cursor.since(start) };
}

function readMembers(cursor: Cursor): HclObjectItem[] {
  const items: HclObjectItem[] = [];
  for (;;) {
    if (cursor.take('newline')) continue;
    if (cursor.take('symbol', '}')) return items;
    const key = readExpression(cursor);
    if (!cursor.take('symbol', '=') && !cursor.take('symbol', ':'))
      throw cursor.unexpected('a key is followed by = and its value');
    items.push({ key, value: readExpression(cursor) });
    if (cursor.isSymbol('}') || cursor.take('symbol', ',') || cursor.take('newline')) continue;
    throw cursor.unexpected('members are parted by , or stand on lines of their own, and end with }');
  }
}
