import { encodeUtf8, numberFromText, type RegoValue } from '../values/index.ts';
import type { Annotation } from './annotations/annotation.ts';
import { annotationsByRule } from './annotations/attach.ts';
import { annotationValue } from './annotations/value.ts';
import type {
  Body,
  Comment,
  Expr,
  ExprTerms,
  Head,
  Import,
  Module,
  Rule,
  TemplatePart,
  Term,
} from './ast.ts';
import type { Location } from './location.ts';

/** What the JSON form of a tree shows beside the tree. */
export interface TreeJsonOptions {
  /** Places with their words, as `opa parse --json-include locations` has them. */
  readonly locations?: boolean;
  /** Comments; false where not given. */
  readonly comments?: boolean;
  /** The module's annotations, shown at the module and at its rules. */
  readonly annotations?: readonly Annotation[];
}

type Json = Record<string, RegoValue>;

/**
 * The tree of a module as OPA's JSON has it: what `opa parse --format json` prints and `rego.parse_module`
 * gives. Numbers keep their text.
 */
export function moduleJson(module: Module, options: TreeJsonOptions = {}): RegoValue {
  return new TreeJson(options.locations ?? false).module(module, options);
}

/** The tree of a query. */
export function bodyJson(body: Body, options: TreeJsonOptions = {}): RegoValue {
  return new TreeJson(options.locations ?? false).body(body);
}

/** The tree of a reference. */
export function referenceJson(terms: readonly Term[]): RegoValue {
  return new TreeJson(false).terms(terms);
}

class TreeJson {
  private readonly locations: boolean;
  private byRule: ReadonlyMap<Rule, readonly Annotation[]> = new Map();

  constructor(locations: boolean) {
    this.locations = locations;
  }

  module(module: Module, { comments, annotations }: TreeJsonOptions): RegoValue {
    const { path, location } = module.package;
    this.byRule = annotationsByRule(module, annotations ?? []);
    const json: Json = { package: this.placed({ path: this.terms(path) }, location) };
    if (module.imports.length > 0) json['imports'] = module.imports.map((one) => this.import(one));
    if (module.rules.length > 0) json['rules'] = module.rules.map((rule) => this.rule(rule));
    if (annotations !== undefined && annotations.length > 0) {
      json['annotations'] = annotations.map((annotation) => this.annotation(annotation));
    }
    if (comments === true && module.comments.length > 0) {
      json['comments'] = module.comments.map((comment) => this.comment(comment));
    }
    return json;
  }

  private comment({ text, location }: Comment): RegoValue {
    return { Text: base64(text), Location: this.location(location) };
  }

  /** As the block says it, but for references, which are trees here. */
  private annotation(annotation: Annotation): RegoValue {
    const { schemas, compile, authors, location } = annotation;
    const json: Json = { scope: annotation.scope, ...annotationValue(annotation) };
    if (authors.length > 0) {
      json['authors'] = authors.map(({ name, email }) => (email === '' ? { name } : { name, email }));
    }
    const plain = new TreeJson(false);
    if (schemas.length > 0) {
      json['schemas'] = schemas.map(({ path, schema, definition }) => ({
        path: plain.terms(path),
        ...(schema === undefined ? {} : { schema: this.terms(schema) }),
        ...(definition === undefined ? {} : { definition }),
      }));
    }
    if (compile !== undefined) {
      const { unknowns, maskRule } = compile;
      json['compile'] = {
        ...(unknowns.length === 0 ? {} : { unknowns: unknowns.map((unknown) => this.terms(unknown)) }),
        ...(maskRule === undefined ? {} : { mask_rule: this.terms(maskRule) }),
      };
    }
    return this.placed(json, location);
  }

  private import({ path, alias, location, aliasLocation }: Import): RegoValue {
    const json: Json = { path: this.term(path) };
    if (alias !== '') json['alias'] = alias;
    if (this.locations && aliasLocation !== undefined) json['alias_location'] = this.location(aliasLocation);
    return this.placed(json, location);
  }

  private rule(rule: Rule): RegoValue {
    const json: Json = { body: this.body(rule.body), head: this.head(rule.head) };
    const annotations = this.byRule.get(rule);
    if (annotations !== undefined) json['annotations'] = annotations.map((one) => this.annotation(one));
    if (rule.default) json['default'] = true;
    if (rule.else !== undefined) json['else'] = this.rule(rule.else);
    return this.placed(json, rule.location);
  }

  private head(head: Head): RegoValue {
    const json: Json = { ref: this.terms(head.reference) };
    if (head.name !== '') json['name'] = head.name;
    if (head.args !== undefined && head.args.length > 0) json['args'] = this.terms(head.args);
    if (head.key !== undefined) json['key'] = this.term(head.key);
    if (head.value !== undefined) json['value'] = this.term(head.value);
    if (head.assign) json['assign'] = true;
    return this.placed(json, head.location);
  }

  body(body: Body): RegoValue {
    return body.map((expr) => this.expr(expr));
  }

  private expr(expr: Expr): RegoValue {
    const json: Json = { index: expr.index, terms: this.statement(expr.terms) };
    if (expr.generated) json['generated'] = true;
    if (expr.negated) json['negated'] = true;
    if (expr.with.length > 0) {
      json['with'] = expr.with.map(({ target, value, location }) =>
        this.placed({ target: this.term(target), value: this.term(value) }, location),
      );
    }
    return this.placed(json, expr.location);
  }

  private statement(terms: ExprTerms): RegoValue {
    switch (terms.type) {
      case 'term':
        return this.term(terms.term);
      case 'call':
        return this.terms([terms.operator, ...terms.operands]);
      case 'some':
        return this.placed({ symbols: this.terms(terms.symbols) }, terms.location);
      case 'every': {
        const { key, value, domain, body, location } = terms;
        const json = {
          key: key === undefined ? null : this.term(key),
          value: this.term(value),
          domain: this.term(domain),
          body: this.body(body),
        };
        return this.placed(json, location);
      }
      // `opa parse` shows no place for `not`, `and` and `or`.
      case 'not':
        return { type: 'not', body: this.body(terms.body), explicit_body: terms.explicit };
      case 'and':
      case 'or': {
        const json: Json = { type: terms.type, lhs: this.body(terms.lhs), rhs: this.body(terms.rhs) };
        if (terms.explicitLhs) json['explicit_lhs'] = true;
        if (terms.explicitRhs) json['explicit_rhs'] = true;
        return json;
      }
    }
  }

  terms(terms: readonly Term[]): RegoValue {
    return terms.map((term) => this.term(term));
  }

  private term(term: Term): RegoValue {
    return this.placed({ type: term.type, value: this.value(term) }, term.location);
  }

  private value(term: Term): RegoValue {
    switch (term.type) {
      case 'null':
        return {};
      case 'boolean':
      case 'string':
        return term.value;
      case 'number':
        return numberFromText(term.text);
      case 'var':
        return term.name;
      case 'ref':
        return this.terms(term.terms);
      case 'array':
      case 'set':
        return this.terms(term.items);
      case 'object':
        return term.pairs.map((pair) => this.terms(pair));
      case 'call':
        return this.terms([term.operator, ...term.operands]);
      case 'arraycomprehension':
      case 'setcomprehension':
        return { term: this.term(term.term), body: this.body(term.body) };
      case 'objectcomprehension':
        return { key: this.term(term.key), value: this.term(term.value), body: this.body(term.body) };
      case 'templatestring':
        return {
          parts: term.parts.length === 0 ? null : term.parts.map((part) => this.part(part)),
          multi_line: term.multiLine,
        };
    }
  }

  private part(part: TemplatePart): RegoValue {
    return part.type === 'term' ? this.term(part.term) : this.expr(part.expr);
  }

  private placed(json: Json, location: Location | undefined): RegoValue {
    if (this.locations && location !== undefined) json['location'] = this.location(location);
    return json;
  }

  private location({ file, row, col, text }: Location): RegoValue {
    const json: Json = { file, row, col };
    if (this.locations && text !== '') json['text'] = base64(text);
    return json;
  }
}

/** Text as Go writes its bytes in JSON. */
function base64(text: string): string {
  let binary = '';
  for (const byte of encodeUtf8(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
