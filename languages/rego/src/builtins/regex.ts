import { Regex, type RegexMatch, RegexSyntaxError } from '@keelson/regex';
import type { RegoValue } from '../values/index.ts';
import type { BuiltinArguments, BuiltinContext, BuiltinFamily } from './builtin.ts';
import { globsIntersect } from './globs-intersect.ts';
import { checkLength, intOperand, operand, stringOperand } from './operands.ts';
import { compileRegex } from './regex-cache.ts';
import { templatePattern } from './regex-template.ts';

function isValid(args: BuiltinArguments): boolean {
  const pattern = operand(args, 1);
  if (typeof pattern !== 'string') return false;
  try {
    new Regex(pattern);
    return true;
  } catch (error) {
    if (error instanceof RegexSyntaxError) return false;
    throw error;
  }
}

function match(args: BuiltinArguments): boolean {
  const pattern = stringOperand(args, 1);
  const text = stringOperand(args, 2);
  return compileRegex(pattern).test(text);
}

function textOf(text: string, group: RegexMatch['groups'][number]): string {
  return group === undefined ? '' : text.slice(group.start, group.end);
}

function findAll(args: BuiltinArguments): { text: string; matches: RegexMatch[] } {
  const pattern = stringOperand(args, 1);
  const text = stringOperand(args, 2);
  const count = intOperand(args, 3);
  const limit = count < 0 ? undefined : count;
  return { text, matches: compileRegex(pattern).findAll(text, limit) };
}

function find(args: BuiltinArguments): RegoValue {
  const { text, matches } = findAll(args);
  return matches.map(({ groups }) => textOf(text, groups[0]));
}

function findSubmatches(args: BuiltinArguments): RegoValue {
  const { text, matches } = findAll(args);
  return matches.map(({ groups }) => groups.map((group) => textOf(text, group)));
}

function split(args: BuiltinArguments): RegoValue {
  const pattern = stringOperand(args, 1);
  const text = stringOperand(args, 2);
  const regex = compileRegex(pattern);
  if (pattern !== '' && text === '') return [''];
  const parts: string[] = [];
  let from = 0;
  let end = 0;
  for (const { groups } of regex.findAll(text)) {
    const { start = 0, end: after = 0 } = groups[0] ?? {};
    end = start;
    if (after !== 0) parts.push(text.slice(from, end));
    from = after;
  }
  if (end !== text.length) parts.push(text.slice(from));
  return parts;
}

function replace(args: BuiltinArguments, context: BuiltinContext): string {
  const text = stringOperand(args, 1);
  const regex = compileRegex(stringOperand(args, 2));
  const template = parseTemplate(stringOperand(args, 3), regex);
  let out = '';
  let from = 0;
  for (const { groups } of regex.findAll(text)) {
    const { start = 0, end = 0 } = groups[0] ?? {};
    out += text.slice(from, start);
    for (const part of template) out += typeof part === 'string' ? part : textOf(text, groups[part]);
    checkLength(out.length, context);
    from = end;
  }
  return out + text.slice(from);
}

/** A replacement as texts and numbers of groups; `$name` takes the longest name, unknown groups are empty. */
function parseTemplate(template: string, regex: Regex): (string | number)[] {
  const parts: (string | number)[] = [];
  const references = template.matchAll(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu);
  let from = 0;
  for (const found of references) {
    parts.push(template.slice(from, found.index));
    from = found.index + found[0].length;
    const name = found[1] ?? found[2];
    if (name === undefined) parts.push('$');
    else parts.push(/^(?:0|[1-9]\d{0,7})$/.test(name) ? Number(name) : (regex.names.get(name) ?? ''));
  }
  parts.push(template.slice(from));
  return parts;
}

function templateMatch(args: BuiltinArguments): boolean {
  const template = stringOperand(args, 1);
  const text = stringOperand(args, 2);
  const pattern = templatePattern(template, stringOperand(args, 3), stringOperand(args, 4));
  return compileRegex(pattern).test(text);
}

function globsMatch(args: BuiltinArguments, context: BuiltinContext): boolean {
  return globsIntersect(stringOperand(args, 1), stringOperand(args, 2), context);
}

export const regex: BuiltinFamily = {
  re_match: match,
  'regex.find_all_string_submatch_n': findSubmatches,
  'regex.find_n': find,
  'regex.globs_match': globsMatch,
  'regex.is_valid': isValid,
  'regex.match': match,
  'regex.replace': replace,
  'regex.split': split,
  'regex.template_match': templateMatch,
};
