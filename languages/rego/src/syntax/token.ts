/** Kinds of words. Numbers, since the scanner and the parser branch on them for every word. */
export const token = {
  illegal: 0,
  eof: 1,
  whitespace: 2,
  ident: 3,
  comment: 4,
  package: 5,
  import: 6,
  as: 7,
  default: 8,
  else: 9,
  not: 10,
  some: 11,
  with: 12,
  null: 13,
  true: 14,
  false: 15,
  number: 16,
  string: 17,
  templatePart: 18,
  templateEnd: 19,
  rawTemplatePart: 20,
  rawTemplateEnd: 21,
  leftBracket: 22,
  rightBracket: 23,
  leftBrace: 24,
  rightBrace: 25,
  leftParen: 26,
  rightParen: 27,
  comma: 28,
  colon: 29,
  add: 30,
  subtract: 31,
  multiply: 32,
  divide: 33,
  remainder: 34,
  intersect: 35,
  union: 36,
  unify: 37,
  equal: 38,
  assign: 39,
  in: 40,
  notEqual: 41,
  greater: 42,
  less: 43,
  greaterEqual: 44,
  lessEqual: 45,
  dot: 46,
  semicolon: 47,
  every: 48,
  contains: 49,
  if: 50,
  logicalAnd: 51,
  logicalOr: 52,
} as const;
export type Token = (typeof token)[keyof typeof token];

/** The names that OPA's messages use; those of operators are also the names of their built-in functions. */
const names: Readonly<Record<Token, string>> = {
  [token.illegal]: 'illegal',
  [token.eof]: 'eof',
  [token.whitespace]: 'whitespace',
  [token.ident]: 'identifier',
  [token.comment]: 'comment',
  [token.package]: 'package',
  [token.import]: 'import',
  [token.as]: 'as',
  [token.default]: 'default',
  [token.else]: 'else',
  [token.not]: 'not',
  [token.some]: 'some',
  [token.with]: 'with',
  [token.null]: 'null',
  [token.true]: 'true',
  [token.false]: 'false',
  [token.number]: 'number',
  [token.string]: 'string',
  [token.templatePart]: 'template-string-part',
  [token.templateEnd]: 'template-string-end',
  [token.rawTemplatePart]: 'raw-template-string-part',
  [token.rawTemplateEnd]: 'raw-template-string-end',
  [token.leftBracket]: '[',
  [token.rightBracket]: ']',
  [token.leftBrace]: '{',
  [token.rightBrace]: '}',
  [token.leftParen]: '(',
  [token.rightParen]: ')',
  [token.comma]: ',',
  [token.colon]: ':',
  [token.add]: 'plus',
  [token.subtract]: 'minus',
  [token.multiply]: 'mul',
  [token.divide]: 'div',
  [token.remainder]: 'rem',
  [token.intersect]: 'and',
  [token.union]: 'or',
  [token.unify]: 'eq',
  [token.equal]: 'equal',
  [token.assign]: 'assign',
  [token.in]: 'in',
  [token.notEqual]: 'neq',
  [token.greater]: 'gt',
  [token.less]: 'lt',
  [token.greaterEqual]: 'gte',
  [token.lessEqual]: 'lte',
  [token.dot]: '.',
  [token.semicolon]: ';',
  [token.every]: 'every',
  [token.contains]: 'contains',
  [token.if]: 'if',
  [token.logicalAnd]: 'and',
  [token.logicalOr]: 'or',
};

export function tokenName(kind: Token): string {
  return names[kind];
}

/** True for a kind whose name is a word that may be a keyword; those of `&` and `|` are `and` and `or`. */
export function isWord(kind: Token): boolean {
  if (kind < token.package) return false;
  if (kind <= token.false || kind >= token.every) return true;
  return kind === token.in || kind === token.intersect || kind === token.union;
}

export type Keywords = ReadonlyMap<string, Token>;

/** Words that are keywords in every version. */
export const baseKeywords: Keywords = new Map<string, Token>([
  ['package', token.package],
  ['import', token.import],
  ['as', token.as],
  ['default', token.default],
  ['else', token.else],
  ['not', token.not],
  ['some', token.some],
  ['with', token.with],
  ['null', token.null],
  ['true', token.true],
  ['false', token.false],
]);

/** What v0 imports from `future.keywords` and v1 has. */
export const v1Keywords: Keywords = new Map<string, Token>([
  ['in', token.in],
  ['every', token.every],
  ['contains', token.contains],
  ['if', token.if],
]);

/** What v1 imports from `future.keywords` and v2 has. */
export const v2Keywords: Keywords = new Map<string, Token>([
  ['not', token.not],
  ['and', token.logicalAnd],
  ['or', token.logicalOr],
]);

export const futureKeywords: Keywords = new Map([...v2Keywords, ...v1Keywords]);

const futureTokens = new Set(futureKeywords.values());

/** True for a kind of word that messages call a keyword and not a token. */
export function isKeywordToken(kind: Token): boolean {
  return baseKeywords.has(names[kind]) || futureTokens.has(kind);
}

/** `keywords` with `added`; `every` brings `in` along. */
export function addKeywords(keywords: Keywords, added: Iterable<readonly [string, Token]>): Keywords {
  const result = new Map(keywords);
  for (const [word, kind] of added) {
    result.set(word, kind);
    if (kind === token.every) result.set('in', token.in);
  }
  return result;
}

export function withoutKeywords(keywords: Keywords, removed: Keywords): Keywords {
  const kept = [...keywords].filter(([word]) => !removed.has(word));
  return addKeywords(new Map(), kept);
}

const reservedV0 = new Set(baseKeywords.keys());
const reservedV1 = new Set([...reservedV0, ...v1Keywords.keys()]);
const reservedV2 = new Set([...reservedV1, 'and', 'or']);
const reserved = { v0: reservedV0, v0v1: reservedV1, v1: reservedV1, v2: reservedV2 } as const;

/** True for a word that the language of a version reserves, whatever a module imports. */
export function isReservedWord(word: string, version: keyof typeof reserved): boolean {
  return reserved[version].has(word);
}
