import type { Rule } from './ast.ts';
import type { ParserContext } from './context.ts';
import { walkTerm } from './visit.ts';

/** A default rule has a constant value and, as a function, distinct variables as arguments. */
export function checkDefaultRule(p: ParserContext, rule: Rule): boolean {
  if (rule.head.value === undefined) {
    p.error(rule.location, 'illegal default rule (must have a value)');
    return false;
  }
  return checkValue(p, rule) && checkArguments(p, rule);
}

function checkValue(p: ParserContext, rule: Rule): boolean {
  let isValid = true;
  if (rule.head.value === undefined) return false;
  walkTerm(rule.head.value, {
    term(term) {
      switch (term.type) {
        case 'arraycomprehension':
        case 'objectcomprehension':
        case 'setcomprehension':
          return true;
        case 'ref':
        case 'var':
        case 'call':
          p.error(rule.location, `illegal default rule (value cannot contain ${term.type})`);
          isValid = false;
          return true;
        default:
          return false;
      }
    },
  });
  return isValid;
}

function checkArguments(p: ParserContext, rule: Rule): boolean {
  const seen = new Set<string>();
  let isValid = true;
  for (const term of rule.head.args ?? []) {
    if (term.type !== 'var') {
      p.error(rule.location, `illegal default rule (arguments cannot contain ${term.type})`);
      isValid = false;
    } else if (seen.has(term.name)) {
      p.error(rule.location, `illegal default rule (arguments cannot be repeated ${shown(term.name)})`);
      isValid = false;
    } else {
      seen.add(term.name);
    }
  }
  return isValid;
}

function shown(name: string): string {
  return name.startsWith('$') ? '_' : name;
}
