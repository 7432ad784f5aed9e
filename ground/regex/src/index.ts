export { automatonTest, nodeTest, Regex, type RegexMatch } from './matcher.ts';
export { type ParsedRegex, type RegexNode, RegexSyntaxError } from './node.ts';
export { provenSource } from './proof.ts';
export { rememberedRegex } from './remembered.ts';
export { complement, maxRune, type RuneSet, union } from './rune-set.ts';
export { mayMatch, requiredLiterals, simplifyForTest } from './simplify.ts';
export { parseRegex } from './syntax.ts';
