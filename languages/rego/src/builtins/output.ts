import { RegoError } from '../errors.ts';
import { isSet, type RegoValue, stringifyRego, typeName } from '../values/index.ts';
import type { BuiltinArguments, BuiltinContext, BuiltinFamily } from './builtin.ts';
import { arrayOperand, checkLength, checkSize, stringOperand } from './operands.ts';

/** Functions that tell somebody something, and the strings with values in them. */

/** A value in a text: strings as they are, all else as terms are printed. */
function textOf(value: RegoValue): string {
  return typeof value === 'string' ? value : stringifyRego(value);
}

/** The texts of an argument: those of a set's members, of which none is `<undefined>`. */
function textsOf(argument: RegoValue): readonly string[] {
  if (isSet(argument)) return argument.size === 0 ? ['<undefined>'] : argument.sorted().map(textOf);
  if (typeof argument === 'object' && argument !== null && typeName(argument) !== 'number') {
    throw new RegoError('eval_internal_error', `illegal argument type: ${typeName(argument)}`);
  }
  return [textOf(argument)];
}

/** Every choice of one text per argument, in order. */
function choices(lists: readonly (readonly string[])[], context: BuiltinContext): string[][] {
  let rows: string[][] = [[]];
  for (const texts of lists) {
    checkSize(rows.length * texts.length, context);
    rows = rows.flatMap((row) => texts.map((text) => [...row, text]));
  }
  return rows;
}

/** `print`, whose arguments the compiler has made sets so that an undefined one does not end the rule. */
function print(args: BuiltinArguments, context: BuiltinContext): true {
  if (context.print === undefined) return true;
  const lists = arrayOperand(args, 1).map(textsOf);
  for (const row of choices(lists, context)) context.print(row.join(' '), context.location);
  return true;
}

/** The text of a string with values in it. */
function templateString(args: BuiltinArguments, context: BuiltinContext): string {
  const parts = arrayOperand(args, 1).map(textsOf);
  if (parts.some((texts) => texts.length > 1)) {
    throw new RegoError('eval_conflict_error', 'template-strings must not produce multiple outputs');
  }
  const text = parts.map((texts) => texts[0] ?? '').join('');
  checkLength(text.length, context);
  return text;
}

function trace(args: BuiltinArguments, context: BuiltinContext): true {
  const note = stringOperand(args, 1);
  context.trace?.(note, context.location);
  return true;
}

export const output: BuiltinFamily = {
  'internal.print': print,
  'internal.template_string': templateString,
  'internal.test_case': () => true,
  print: () => true,
  trace,
};
