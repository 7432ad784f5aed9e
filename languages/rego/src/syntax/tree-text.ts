import type { Body, Expr, Head, Import, Module, Rule, Term } from './ast.ts';
import type { TreeJsonOptions } from './json.ts';
import { printTerm } from './print.ts';

/** The tree of a module as `opa parse --format pretty` prints it: a line for each node, below the node it belongs to. */
export function moduleTreeText(module: Module, options: Omit<TreeJsonOptions, 'locations'> = {}): string {
  const text = new TreeText();
  text.node('module', () => text.module(module, options));
  return text.lines.map((line) => `${line}\n`).join('');
}

class TreeText {
  readonly lines: string[] = [];
  #depth = 0;

  #line(text: string): void {
    this.lines.push(' '.repeat(this.#depth) + text);
  }

  node(name: string, children: () => void): void {
    this.#line(name);
    this.#depth += 1;
    children();
    this.#depth -= 1;
  }

  module({ package: home, imports, rules, comments }: Module, shown: TreeJsonOptions): void {
    this.node('package', () => this.#ref(home.path));
    for (const each of imports) this.#import(each);
    for (const rule of rules) this.#rule(rule);
    for (const _ of shown.annotations ?? []) this.#line('annotations');
    if (shown.comments === true) for (const _ of comments) this.#line('comment');
  }

  #import({ path, alias }: Import): void {
    this.node('import', () => {
      this.#term(path);
      this.#line(alias);
    });
  }

  #rule(rule: Rule): void {
    this.node('rule', () => {
      this.#head(rule.head);
      this.#body(rule.body);
      if (rule.else !== undefined) this.#rule(rule.else);
    });
  }

  #head({ reference, args = [], value }: Head): void {
    this.node('head', () => {
      this.#ref(reference);
      if (args.length > 0) this.node('args', () => this.#terms(args));
      // A node without arguments leaves no line, and its value stands where it would.
      if (value !== undefined) this.#term(value);
    });
  }

  #body(body: Body): void {
    this.node('body', () => {
      for (const expr of body) this.#expr(expr);
    });
  }

  #expr(expr: Expr): void {
    this.node(`expr ${expr.negated ? 'negated ' : ''}index=${expr.index}`, () => {
      this.#statement(expr);
      for (const { target, value } of expr.with) this.node('with', () => this.#terms([target, value]));
    });
  }

  #statement({ terms }: Expr): void {
    switch (terms.type) {
      case 'term':
        this.#term(terms.term);
        break;
      case 'call':
        this.#terms([terms.operator, ...terms.operands]);
        break;
      case 'some':
        this.node('somedecl', () => this.#terms(terms.symbols));
        break;
      case 'every':
        this.node('every', () => {
          this.#terms([...(terms.key === undefined ? [] : [terms.key]), terms.value, terms.domain]);
          this.#body(terms.body);
        });
        break;
      case 'not':
        this.node('not', () => this.#body(terms.body));
        break;
      case 'and':
      case 'or':
        this.node(`logical${terms.type}`, () => {
          this.#body(terms.lhs);
          this.#body(terms.rhs);
        });
        break;
    }
  }

  #ref(terms: readonly Term[]): void {
    this.node('ref', () => this.#terms(terms));
  }

  #terms(terms: readonly Term[]): void {
    for (const term of terms) this.#term(term);
  }

  #term(term: Term): void {
    switch (term.type) {
      case 'ref':
        this.#ref(term.terms);
        break;
      case 'array':
      case 'set':
        this.node(term.type, () => this.#terms(term.items));
        break;
      case 'object':
        this.node(term.type, () => this.#terms(term.pairs.flat()));
        break;
      case 'call':
        this.node(term.type, () => this.#terms([term.operator, ...term.operands]));
        break;
      case 'arraycomprehension':
      case 'setcomprehension':
        this.node(term.type, () => {
          this.#term(term.term);
          this.#body(term.body);
        });
        break;
      case 'objectcomprehension':
        this.node(term.type, () => {
          this.#terms([term.key, term.value]);
          this.#body(term.body);
        });
        break;
      case 'templatestring':
        this.#line(term.type);
        break;
      default:
        this.#line(printTerm(term));
        break;
    }
  }
}
