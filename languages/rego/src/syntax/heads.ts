import type { Head, Term } from './ast.ts';
import { booleanTerm, varTerm } from './build.ts';
import type { ParserContext } from './context.ts';
import { printRef, printTerm } from './print.ts';
import { parseReference } from './references.ts';
import { documentReference, parseInfix, parseVariable } from './terms.ts';
import { token } from './token.ts';

/** A head without key, value and arguments. */
export function newHead(reference: Term[]): Head {
  const [first] = reference;
  return {
    name: reference.length === 1 && first !== undefined && first.type === 'var' ? first.name : '',
    reference,
    args: undefined,
    key: undefined,
    value: undefined,
    assign: false,
    location: undefined,
    generatedValue: false,
    keywords: [],
  };
}

/** The head of a rule, up to `if`, the body or the end. */
export function parseHead(p: ParserContext, isDefault: boolean): Head | undefined {
  const location = p.loc();
  const head = parseHeadInside(p, isDefault);
  if (head !== undefined) head.location = p.upToLast(location);
  return head;
}

function parseHeadInside(p: ParserContext, isDefault: boolean): Head | undefined {
  const term = parseHeadName(p, parseVariable(p));
  if (term === undefined) {
    p.illegal('expected rule head name');
    return undefined;
  }
  const head = headOf(p, term);
  if (head === undefined) return undefined;
  switch (p.kind()) {
    case token.contains:
      parseKey(p, head);
      return head;
    case token.unify:
      p.scan();
      head.value = parseInfix(p);
      // The key is never known here; the message shows that.
      if (head.value === undefined) {
        p.illegal(`expected rule value term (e.g., ${nameOf(head)}[<nil>] = <VALUE> { ... })`);
      }
      break;
    case token.assign:
      p.scan();
      head.assign = true;
      head.value = parseInfix(p);
      if (head.value === undefined) p.illegal(missingValue(head, isDefault));
  }
  if (head.value === undefined && (head.reference.length !== 2 || (head.args?.length ?? 0) > 0)) {
    head.generatedValue = true;
    head.value = booleanTerm(true, head.location);
  }
  return head;
}

function nameOf(head: Head): string {
  return printRef(head.reference);
}

function missingValue(head: Head, isDefault: boolean): string {
  const name = nameOf(head);
  if ((head.args?.length ?? 0) > 0)
    return `expected function value term (e.g., ${name}(...) := <VALUE> { ... })`;
  if (isDefault) return `expected default rule value term (e.g., default ${name} := <VALUE>)`;
  return `expected rule value term (e.g., ${name} := <VALUE> { ... })`;
}

function parseKey(p: ParserContext, head: Head): void {
  const note = (what: string) => `${what} (e.g., ${nameOf(head)} contains <VALUE> { ... })`;
  if (head.args !== undefined) {
    p.illegal(note('the contains keyword can only be used with multi-value rule definitions'));
  }
  head.keywords.push('contains');
  p.scan();
  head.key = parseInfix(p);
  if (head.key === undefined) p.illegal(note('expected rule key term'));
}

/** The name with what belongs to it; an operator behind it means that this is no rule. */
function parseHeadName(p: ParserContext, name: Term): Term | undefined {
  const offset = p.s.start;
  p.scanSpace();
  switch (p.kind()) {
    case token.add:
    case token.subtract:
    case token.multiply:
    case token.divide:
    case token.remainder:
    case token.intersect:
    case token.union:
    case token.equal:
    case token.notEqual:
    case token.greater:
    case token.greaterEqual:
    case token.less:
    case token.lessEqual:
      p.illegal();
      break;
    case token.whitespace:
      p.scan();
  }
  switch (p.kind()) {
    case token.leftParen:
    case token.dot:
    case token.leftBracket:
      return parseReference(p, name, offset);
  }
  return documentReference(name);
}

function headOf(p: ParserContext, term: Term): Head | undefined {
  switch (term.type) {
    case 'var':
      return newHead([varTerm(term.name, term.location)]);
    case 'ref':
      return newHead(term.terms);
    case 'call': {
      const { operator } = term;
      const reference = operator.type === 'ref' ? operator.terms : [operator];
      if (reference[0]?.type !== 'var') {
        p.illegal(`rule head ref ${printTerm(operator)} invalid`);
        return undefined;
      }
      const head = newHead(reference);
      head.args = term.operands;
      return head;
    }
    default:
      return undefined;
  }
}
