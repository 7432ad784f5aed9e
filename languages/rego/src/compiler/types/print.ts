import type { Term } from '../../syntax/ast.ts';
import type { FunctionType, MaybeType } from './type.ts';

/** A type as OPA prints it; `???` for what is not known. */
export function printType(type: MaybeType): string {
  if (type === undefined) return '???';
  switch (type.kind) {
    case 'array':
      return composite(
        'array',
        type.items.map(printType),
        type.rest === undefined ? '' : printType(type.rest),
      );
    case 'object':
      return composite(
        'object',
        type.properties.map(({ key, value }) => printProperty(key, printType(value))),
        type.rest === undefined ? '' : `${printType(type.rest.key)}: ${printType(type.rest.value)}`,
      );
    case 'set':
      return type.of === undefined ? 'set' : `set[${printType(type.of)}]`;
    case 'any':
      return printChoices(type.of.map(printType));
    case 'function':
      return `${printArguments(type)} => ${printType(type.result)}`;
    case 'recursive':
      return `recursive(${type.name})`;
    default:
      return type.kind;
  }
}

/** `array<number, string>[any]`. */
export function composite(name: string, known: readonly string[], rest: string): string {
  return `${name}${known.length === 0 ? '' : `<${known.join(', ')}>`}${rest === '' ? '' : `[${rest}]`}`;
}

export function printChoices(choices: readonly string[]): string {
  return choices.length === 0 ? 'any' : `any<${choices.join(', ')}>`;
}

export function printProperty(key: Term, value: string): string {
  return `${printKey(key)}: ${value}`;
}

function printArguments({ args, variadic }: FunctionType): string {
  const parts = args.map(printType);
  if (variadic !== undefined) parts.push(`${printType(variadic)}...`);
  return `(${parts.join(', ')})`;
}

/** A key as Go prints the value that JSON makes of it. */
export function printKey(key: Term): string {
  switch (key.type) {
    case 'string':
      return key.value;
    case 'number':
      return key.text;
    case 'boolean':
      return String(key.value);
    case 'array':
      return `[${key.items.map(printKey).join(' ')}]`;
    case 'object':
      return `map[${key.pairs.map(([name, value]) => `${printKey(name)}:${printKey(value)}`).join(' ')}]`;
    default:
      return '<nil>';
  }
}
