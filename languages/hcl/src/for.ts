import type { HclFor } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readExpression } from './expression.ts';

/** `for key, value in collection`, behind the word `for`; of one name only, that is the value's. */
export function readForNames(cursor: Cursor): { keyName: string | undefined; valueName: string } {
  const first = readVariable(cursor);
  const second = cursor.take('symbol', ',') ? readVariable(cursor) : undefined;
  if (!cursor.take('name', 'in')) throw cursor.unexpected('"in" must follow the names of "for"');
  return second === undefined
    ? { keyName: undefined, valueName: first }
    : { keyName: first, valueName: second };
}

function readVariable(cursor: Cursor): string {
  if (!cursor.is('name')) throw cursor.unexpected('"for" needs the name of a variable');
  return cursor.read().text;
}

/** `for … : …` up to the bracket that closes it. */
export function readFor(cursor: Cursor, close: ']' | '}'): HclFor {
  return cursor.withNewlines(false, () => {
    cursor.read();
    const names = readForNames(cursor);
    const collection = readExpression(cursor);
    cursor.expect(':', 'a : must follow the collection of "for"');
    const first = readExpression(cursor);
    const arrow = cursor.peek();
    const second = cursor.take('symbol', '=>') ? readExpression(cursor) : undefined;
    if (close === ']' && second !== undefined) throw cursor.error('a list has no keys', arrow);
    if (close === '}' && second === undefined) throw cursor.unexpected('=> and a value must follow the key');
    const dots = cursor.peek();
    const grouped = cursor.take('symbol', '...');
    if (grouped && close === ']') throw cursor.error('... gathers values of one key; a list has none', dots);
    const condition = cursor.take('name', 'if') ? readExpression(cursor) : undefined;
    cursor.expect(close, `"for" ends with ${close}`);
    return {
      type: 'for',
      ...names,
      collection,
      key: second === undefined ? undefined : first,
      value: second ?? first,
      condition,
      grouped,
    };
  });
}
