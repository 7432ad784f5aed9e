import type { RegoVersion, Term } from './ast.ts';
import { ParserFaults } from './faults.ts';
import type { Source } from './location.ts';
import { hasFeature, type ParserCapabilities, type ParserLimits } from './options.ts';
import { Scanner } from './scanner.ts';
import { chain, LimitPassed, type ParserState, tooDeep } from './state.ts';
import { type CachedTerm, findTerm, keepTerm } from './term-cache.ts';
import {
  addKeywords,
  futureKeywords,
  isReservedWord,
  isWord,
  type Keywords,
  type Token,
  token,
  tokenName,
} from './token.ts';

const fullStop = 0x2e;
const leftSquare = 0x5b;

/** The parser's words, faults and attempts; the grammar is in functions over it. */
export class ParserContext extends ParserFaults {
  readonly version: RegoVersion;
  readonly capabilities: ParserCapabilities;
  readonly skipRules: boolean;
  /** `not { … }` and the like hold a body, as `future.keywords.not` has it. */
  notBodies = false;
  private readonly scanner: Scanner;
  private readonly keywordsInRefs: boolean;
  private cache: CachedTerm | undefined = undefined;
  private depth = 0;
  private scansLeft: number;

  constructor(
    source: Source,
    version: RegoVersion,
    capabilities: ParserCapabilities,
    limits: ParserLimits,
    skipRules: boolean,
  ) {
    super(source, limits);
    this.version = version;
    this.capabilities = capabilities;
    this.skipRules = skipRules;
    this.keywordsInRefs = this.has('keywords_in_refs');
    this.scanner = new Scanner(source.text);
    this.scanner.store(this.s);
    this.scansLeft = 1_000_000 + limits.maxScansPerCharacter * source.text.length;
  }

  has(feature: string): boolean {
    return hasFeature(this.capabilities, feature, this.version);
  }

  // Words

  /** The next word that is no white space. */
  scan(): void {
    this.advance(true);
  }

  /** The next word, which may be white space. */
  scanSpace(): void {
    this.advance(false);
  }

  private advance(skipSpace: boolean): void {
    const { s, scanner } = this;
    if (s.token !== token.whitespace) {
      s.lastEnd = s.end;
      s.skippedNewline = false;
    }
    for (;;) {
      if (skipSpace && scanner.atSpace && scanner.faults.length === 0 && scanner.skipSpace()) {
        s.skippedNewline = true;
      }
      this.begin();
      s.token = scanner.scan(s.keywords);
      this.finish();
      if (s.token === token.whitespace) {
        if (s.literal === '\n') s.skippedNewline = true;
        if (!skipSpace) return;
      } else if (s.token === token.comment) {
        this.addComment();
      } else {
        return;
      }
    }
  }

  private begin(): void {
    const { s, scanner } = this;
    this.scansLeft -= 1;
    if (this.scansLeft < 0) {
      throw new LimitPassed(
        this.diagnostic(this.loc(), 'the text needs more work than maxScansPerCharacter'),
      );
    }
    s.start = scanner.offset;
    s.line = scanner.line;
    s.column = scanner.column;
  }

  private finish(): void {
    const { s, scanner } = this;
    s.literal = scanner.literal;
    s.end = scanner.offset;
    scanner.store(s);
    if (scanner.faults.length === 0) return;
    const faults = scanner.faults;
    scanner.faults = [];
    for (const fault of faults) this.error(this.loc(), fault);
    s.token = token.illegal;
  }

  /** The rest of a template string, from behind the brace that closed an expression. */
  scanTemplate(raw: boolean): void {
    const { s, scanner } = this;
    s.lastEnd = s.end;
    s.skippedNewline = false;
    this.begin();
    s.token = scanner.continueTemplate(raw);
    this.finish();
  }

  private addComment(): void {
    const { s } = this;
    let text = this.source.text.slice(s.start + 1, s.end);
    if (text === '\r') text = '';
    while (text.length > 1 && text.endsWith('\r')) text = text.slice(0, -1);
    s.comments = chain({ text, location: this.loc() }, s.comments);
  }

  /** The kind of the word at hand. (A call, so that the compiler does not take it as unchanged by a scan.) */
  kind(): Token {
    return this.s.token;
  }

  at(kind: Token): boolean {
    return this.s.token === kind;
  }

  /** The kind of the word behind the current one, white space included where `space` is set. */
  peek(space: boolean): Token {
    const saved = this.save();
    this.advance(!space);
    const next = this.s.token;
    this.restore(saved);
    return next;
  }

  /** A dot or a bracket stands right behind: what is at hand heads a reference, even where it is a keyword. */
  headsReference(): boolean {
    const code = this.scanner.current;
    return code === fullStop || code === leftSquare;
  }

  // Attempts

  save(): ParserState {
    return this.s.copy();
  }

  restore(state: ParserState): void {
    this.s = state;
    this.scanner.load(state);
  }

  cachedTerm(): CachedTerm | undefined {
    return findTerm(this.cache, this.s.start);
  }

  cacheTerm(term: Term | undefined, offset: number): void {
    this.cache = keepTerm(this.cache, term, offset, () => this.save());
  }

  get cacheMark(): CachedTerm | undefined {
    return this.cache;
  }

  resetCache(mark: CachedTerm | undefined): void {
    this.cache = mark;
  }

  /** Runs `attempt` with other keywords and puts the whole state back. */
  withKeywords<Result>(keywords: Keywords, attempt: () => Result): Result {
    const cache = this.cache;
    const saved = this.save();
    this.cache = undefined;
    this.s.keywords = keywords;
    const result = attempt();
    this.restore(saved);
    this.cache = cache;
    return result;
  }

  /** Would this work if every future keyword were imported? */
  inFuture<Result>(attempt: () => Result): Result {
    return this.withKeywords(addKeywords(this.s.keywords, futureKeywords), attempt);
  }

  // Words that are keywords or not

  isKeyword(word: string): boolean {
    return this.s.keywords.has(word);
  }

  /** True for a keyword that may be a name in a reference. */
  isNameKeyword(kind: Token): boolean {
    if (!isWord(kind) || !this.keywordsInRefs) return false;
    const word = tokenName(kind);
    return isReservedWord(word, this.version) || this.s.keywords.has(word);
  }

  /** `and` or `or` is a keyword here. */
  get logical(): boolean {
    return this.s.keywords.has('and') || this.s.keywords.has('or');
  }

  // Depth

  /** To be followed by `leave`. Counts nested terms and bodies, where OPA counts its own calls. */
  enter(): void {
    if (this.depth >= this.limits.maxDepth) this.refuseDepth();
    this.depth += 1;
  }

  private refuseDepth(): never {
    throw new LimitPassed(this.diagnostic(this.loc(), tooDeep));
  }

  leave(): void {
    this.depth -= 1;
  }

  /** To be asked for a chain of operators, which nests to the left. */
  checkChain(length: number): void {
    if (length > this.limits.maxDepth) this.refuseDepth();
  }
}
