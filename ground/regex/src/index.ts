export { automatonTest, Regex, type RegexMatch } from './matcher.ts';
export { provenSource } from './proof.ts';
export { mayMatch, requiredLiterals, simplifyForTest } from './simplify.ts';
export { type ParsedRegex, parseRegex, type RegexNode, RegexSyntaxError } from './syntax.ts';
