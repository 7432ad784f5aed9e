import type { HclExpression } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readExpression } from './expression.ts';

/** The attributes, indexes and splats behind a value. */
export function readSteps(cursor: Cursor, from: HclExpression): HclExpression {
  const { start } = from.span;
  let current = from;
  for (;;) {
    if (cursor.take('symbol', '.')) current = readDot(cursor, current, start);
    else if (cursor.isSymbol('[')) {
      const open = cursor.read();
      if (cursor.take('symbol', '*')) {
        cursor.expect(']', 'a ] must follow *');
        const each = cursor.deeper(() => readSteps(cursor, { type: 'item', span: cursor.since(open.start) }));
        current = { type: 'splat', of: current, each, span: cursor.since(start) };
      } else current = readIndex(cursor, current, start);
    } else return current;
  }
}

function readIndex(cursor: Cursor, of: HclExpression, start: number): HclExpression {
  const key = cursor.withNewlines(false, () => {
    const inner = readExpression(cursor);
    cursor.expect(']', 'an index ends with ]');
    return inner;
  });
  return { type: 'index', of, key, span: cursor.since(start) };
}

function readDot(cursor: Cursor, of: HclExpression, start: number): HclExpression {
  if (!cursor.isSymbol('*')) return readAttribute(cursor, of, start);
  const star = cursor.read();
  let each: HclExpression = { type: 'item', span: cursor.since(star.start) };
  // Names behind `.*` belong to each item, brackets to the list that comes of it.
  while (cursor.take('symbol', '.')) each = readAttribute(cursor, each, star.start);
  return { type: 'splat', of, each, span: cursor.since(start) };
}

/** A name behind a dot; a whole number there is an index, as old configurations write it. */
function readAttribute(cursor: Cursor, of: HclExpression, start: number): HclExpression {
  const token = cursor.peek();
  const { text } = token;
  if (cursor.take('name')) return { type: 'attribute', of, name: text, span: cursor.since(start) };
  if (!cursor.take('number')) throw cursor.unexpected('a name must follow the dot');
  if (!/^\d+$/.test(text)) throw cursor.error(`write ${text.slice(0, 40)} as [..][..]`, token);
  const key: HclExpression = { type: 'number', text, span: { start: token.start, end: token.end } };
  return { type: 'index', of, key, span: cursor.since(start) };
}
