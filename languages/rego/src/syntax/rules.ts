import type { Body, Head, Rule, Term } from './ast.ts';
import { booleanTerm, isGround, trueBody } from './build.ts';
import type { ParserContext } from './context.ts';
import { copyHead } from './copy.ts';
import { checkDefaultRule } from './default-rules.ts';
import { parseHead } from './heads.ts';
import type { Location } from './location.ts';
import { parseBody, parseLiteral } from './query.ts';
import { setHeadLocation, setLocations } from './relocate.ts';
import { keywordAsName, newWildcard, parseInfix } from './terms.ts';
import { type Token, token, tokenName } from './token.ts';

const ruleNameFollowers: readonly Token[] = [
  token.assign,
  token.unify,
  token.if,
  token.contains,
  token.leftParen,
];
const operatorNameFollowers: readonly Token[] = [token.assign, token.unify, token.if, token.contains];
const pathNameFollowers: readonly Token[] = [token.assign, token.unify, token.leftParen];

/** By keyword, what may follow it only if it is meant as the name of a rule. */
const nameFollowers = new Map<Token, readonly Token[]>([
  [token.every, ruleNameFollowers],
  [token.if, ruleNameFollowers],
  [token.in, ruleNameFollowers],
  [token.some, ruleNameFollowers],
  [token.as, ruleNameFollowers],
  [token.package, pathNameFollowers],
  [token.import, pathNameFollowers],
  [token.not, operatorNameFollowers],
  [token.logicalAnd, operatorNameFollowers],
  [token.logicalOr, operatorNameFollowers],
  [token.contains, [token.if, token.contains]],
]);

/** Tells the fault of a keyword used as a rule's name; true where there is one. */
export function checkRuleName(p: ParserContext, isDefault: boolean): boolean {
  const followers = nameFollowers.get(p.s.token);
  if (followers === undefined) return false;
  if (!isDefault && !followers.includes(p.peek(false))) return false;
  p.error(p.loc(), `${tokenName(p.s.token)} keyword cannot be used for rule name`);
  return true;
}

/** A rule with the bodies chained to it, each of which is a rule of its own. */
export function parseRules(p: ParserContext): Rule[] | undefined {
  const location = p.loc();
  keywordAsName(p);
  const isDefault = p.at(token.default);
  if (isDefault) {
    p.scan();
    keywordAsName(p);
  }
  if (!p.at(token.ident)) {
    if (isDefault) checkRuleName(p, true);
    return undefined;
  }
  const head = parseHead(p, isDefault);
  if (head === undefined) return undefined;
  const rule: Rule = {
    default: isDefault,
    head,
    body: [],
    else: undefined,
    location,
    generatedBody: false,
  };
  if (isDefault) {
    if (!checkDefaultRule(p, rule)) return undefined;
    rule.body = trueBody(location);
    return [rule];
  }
  if (!completeHead(p, head)) return undefined;
  return parseRuleBodies(p, rule, location);
}

/** What the older forms `p[x]` and `p[x] = y` mean: the key belongs to the head only without `if`. */
function completeHead(p: ParserContext, head: Head): boolean {
  const [first, key] = head.reference;
  const hasIf = p.at(token.if);
  if (head.keywords.includes('contains') || head.reference.length !== 2 || key === undefined) return true;
  const isFunction = (head.args?.length ?? 0) > 0;
  if (hasIf) {
    if ((!isGround(key) || key.type === 'ref') && !isFunction) head.key = key;
    if (head.value === undefined) {
      head.generatedValue = true;
      head.value = booleanTerm(true, head.location);
      return true;
    }
  } else if (isFunction) {
    return true;
  }
  if (first === undefined || first.type !== 'var') return false;
  head.name = first.name;
  if (hasIf) return true;
  head.key = key;
  if (head.value === undefined) head.reference = [first];
  return true;
}

function parseRuleBodies(p: ParserContext, rule: Rule, location: Location): Rule[] | undefined {
  const { head } = rule;
  if (p.at(token.if)) {
    head.keywords.push('if');
    p.scan();
    const body = parseIfBody(p);
    if (body === undefined) return undefined;
    rule.body = body;
  } else if (p.at(token.leftBrace)) {
    const body = parseBraces(p);
    if (body === undefined) return undefined;
    rule.body = body;
  } else if (head.keywords.includes('contains')) {
    rule.body = trueBody(location);
    rule.generatedBody = true;
    rule.location = head.location;
    return [rule];
  } else {
    return undefined;
  }
  // It may be the head of another rule that begins with `else.`
  if (p.at(token.else) && !keywordAsName(p)) {
    if (!checkElse(p, head)) return undefined;
    rule.else = parseElse(p, head);
    if (rule.else === undefined) return undefined;
  }
  rule.location = p.upToLast(location);
  return parseChained(p, rule);
}

/** Behind `if`: one expression, or a body in braces. Braces that are no set or object hold a body. */
function parseIfBody(p: ParserContext): Body | undefined {
  const leadingBrace = p.at(token.leftBrace);
  const saved = p.save();
  if (leadingBrace && !p.logical) {
    p.scan();
    // No value begins so: the attempt to read one would fail.
    if (atStatementKeyword(p)) return closeBraces(p);
    p.restore(saved.copy());
  }
  const expr = parseLiteral(p);
  if (expr !== undefined) {
    const isSet = leadingBrace && expr.terms.type === 'term' && expr.terms.term.type === 'set';
    if (!isSet) return [expr];
  }
  if (!leadingBrace) return undefined;
  p.restore(saved);
  return parseBraces(p);
}

function atStatementKeyword(p: ParserContext): boolean {
  const kind = p.kind();
  return (kind === token.some || kind === token.every || kind === token.not) && !p.headsReference();
}

function parseBraces(p: ParserContext): Body | undefined {
  p.scan();
  return closeBraces(p);
}

/** The body of which the brace before was read. */
function closeBraces(p: ParserContext): Body | undefined {
  const body = parseBody(p, token.rightBrace);
  if (body !== undefined) p.scan();
  return body;
}

function checkElse(p: ParserContext, head: Head): boolean {
  const { reference } = head;
  if (reference.length > 1 && reference.some((term, at) => at > 0 && !isGround(term))) {
    p.error(p.loc(), 'else keyword cannot be used on rules with variables in head');
    return false;
  }
  if (head.key !== undefined) {
    p.error(p.loc(), 'else keyword cannot be used on multi-value rules');
    return false;
  }
  return true;
}

/** Further bodies in braces: each is a rule with the same head, placed at the body. */
function parseChained(p: ParserContext, rule: Rule): Rule[] | undefined {
  const rules = [rule];
  while (p.at(token.leftBrace)) {
    if (rule.else !== undefined) {
      p.error(p.loc(), 'expected else keyword');
      return undefined;
    }
    const start = p.loc();
    const body = parseBraces(p);
    if (body === undefined) return undefined;
    const location = p.upToLast(start);
    const head = copyHead(rule.head);
    renewWildcards(p, head);
    setHeadLocation(head, location);
    rules.push({ default: false, head, body, else: undefined, location, generatedBody: false });
  }
  return rules;
}

/** `_` in the arguments of a copied head is a variable of its own. */
function renewWildcards(p: ParserContext, head: Head): void {
  for (const term of head.args ?? []) {
    if (isWildcard(term)) term.name = newWildcard(p);
  }
}

function isWildcard(term: Term): term is Term & { type: 'var' } {
  return term.type === 'var' && term.name.startsWith('$');
}

function parseElse(p: ParserContext, head: Head): Rule | undefined {
  p.enter();
  const rule = parseElseInside(p, head);
  p.leave();
  return rule;
}

function parseElseInside(p: ParserContext, parent: Head): Rule | undefined {
  const start = p.loc();
  const head = copyHead(parent);
  head.keywords = [];
  head.generatedValue = false;
  renewWildcards(p, head);
  head.location = start;
  p.scan();
  switch (p.kind()) {
    case token.leftBrace:
    case token.if:
      head.generatedValue = true;
      head.value = booleanTerm(true);
      break;
    case token.assign:
    case token.unify:
      head.assign = p.at(token.assign);
      p.scan();
      head.value = parseInfix(p);
      if (head.value === undefined) return undefined;
      head.location = p.upToLast(start);
      break;
    default:
      p.illegal('expected else value term or rule body');
      return undefined;
  }
  const rule: Rule = {
    default: false,
    head,
    body: [],
    else: undefined,
    location: start,
    generatedBody: false,
  };
  if (!p.at(token.if) && !p.at(token.leftBrace)) {
    rule.location = p.upToLast(start);
    rule.body = trueBody(rule.location);
    rule.generatedBody = true;
    return rule;
  }
  if (p.at(token.if)) {
    head.keywords.push('if');
    p.scan();
  }
  const isBare = !p.at(token.leftBrace);
  const body = isBare ? parseBareElse(p) : parseBraces(p);
  if (body === undefined) return undefined;
  rule.body = body;
  if (p.at(token.else)) {
    rule.else = parseElse(p, parent);
    if (rule.else === undefined) return undefined;
  }
  rule.location = p.upToLast(start);
  if (isBare) setLocations(body, rule.location);
  return rule;
}

/** One expression behind `else if`, without braces. */
function parseBareElse(p: ParserContext): Body | undefined {
  if (p.at(token.eof)) {
    p.illegal('rule body expected');
    return undefined;
  }
  const expr = parseLiteral(p);
  return expr === undefined ? undefined : [expr];
}
