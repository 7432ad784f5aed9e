import { quoteString, utf8Length } from '../values/index.ts';
import { builtinError } from './builtin.ts';
import { compileRegex } from './regex-cache.ts';

/**
 * The pattern of a template: text stands for itself, between delimiters stands an expression. Each
 * expression must be whole by itself, so that none can open a group that another closes.
 */
export function templatePattern(template: string, open: string, close: string): string {
  const openLength = utf8Length(open);
  if (openLength !== 1) {
    throw builtinError(`start delimiter has to be exactly one character long but is ${openLength} long`);
  }
  if (utf8Length(close) !== 1) {
    throw builtinError(`end delimiter has to be exactly one character long but is ${openLength} long`);
  }
  let pattern = '^';
  let end = 0;
  for (const [from, to] of delimited(template, open, close)) {
    const expression = template.slice(from + 1, to - 1);
    compileRegex(`^${expression}$`);
    pattern += `${quoteMeta(template.slice(end, from))}(${expression})`;
    end = to;
  }
  return `${pattern}${quoteMeta(template.slice(end))}$`;
}

/** The outermost pairs of delimiters, each with what they enclose. */
function delimited(template: string, open: string, close: string): [from: number, to: number][] {
  const found: [number, number][] = [];
  let level = 0;
  let from = 0;
  for (let i = 0; i < template.length; i++) {
    if (template[i] === open) {
      if (++level === 1) from = i;
    } else if (template[i] === close) {
      if (--level === 0) found.push([from, i + 1]);
      else if (level < 0) throw unbalanced(template);
    }
  }
  if (level !== 0) throw unbalanced(template);
  return found;
}

function unbalanced(template: string): Error {
  return builtinError(`unbalanced braces in ${quoteString(template)}`);
}

function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
