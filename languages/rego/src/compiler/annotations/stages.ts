import type { Rule, Term } from '../../syntax/ast.ts';
import { newExpr, varTerm } from '../../syntax/build.ts';
import type { Location } from '../../syntax/location.ts';
import { type Visitor, walkRule } from '../../syntax/visit.ts';
import type { Compilation } from '../compilation.ts';
import type { RuleContents } from '../contents.ts';
import { bind } from '../generated.ts';
import { appended, callOf, operatorName } from '../nodes.ts';
import { deepRewriter, rewriteRule } from '../rewrite.ts';
import { branchesOf } from '../walk.ts';
import { annotationsOf } from './attach.ts';
import { AnnotationSet } from './set.ts';
import { chainTerm, ruleTerm } from './terms.ts';

const chain = 'rego.metadata.chain';
const own = 'rego.metadata.rule';

/** Reads the metadata of all modules while their imports still stand, where it is asked for. */
export function readWantedAnnotations(compilation: Compilation): void {
  if (compilation.settings.annotations) readAll(compilation);
}

/** Reads it where rules ask for their own. */
export function readUsedAnnotations(compilation: Compilation): void {
  if (compilation.settings.annotations) return;
  for (const rule of compilation.rulesWith(asksForMetadata)) {
    if (firstCalls((visitor) => walkRule(rule, visitor)).size === 0) continue;
    readAll(compilation);
    return;
  }
}

function readAll(compilation: Compilation): void {
  const all = compilation.sorted.flatMap((module) => {
    const { annotations, errors } = annotationsOf(module);
    compilation.diagnostics.stop(...errors);
    return annotations;
  });
  compilation.annotationList = all;
}

export function setAnnotations(compilation: Compilation): void {
  const set = new AnnotationSet(compilation.annotationList, (rule) => compilation.path(rule));
  compilation.diagnostics.stop(...set.errors);
  compilation.annotations = set;
}

/** Puts the metadata itself in the place of calls that ask for it. */
export function rewriteMetadataCalls(compilation: Compilation): void {
  if (compilation.rulesWith(asksForMetadata).next().done === true) return;
  for (const module of compilation.sorted) {
    for (const first of module.rules) {
      for (const rule of branchesOf(first)) {
        const found = firstCalls((visitor) => walkRule(rule, visitor));
        if (found.size === 0) continue;
        const { annotations } = compilation;
        const terms = new Map<string, Term>();
        if (found.has(chain)) {
          terms.set(chain, chainTerm(annotations.chain(rule, module.package), found.get(chain)));
        }
        if (found.has(own)) terms.set(own, ruleTerm(annotations.primary(rule), found.get(own)));
        replaceCalls(rule, terms, compilation);
      }
    }
  }
}

function asksForMetadata({ operators }: RuleContents): boolean {
  return operators.has(chain) || operators.has(own);
}

/** Where each of the two is called first. */
function firstCalls(walk: (visitor: Visitor) => void): Map<string, Location | undefined> {
  const found = new Map<string, Location | undefined>();
  walk({
    expr: ({ terms, location }) => {
      const name = terms.type === 'call' ? operatorName(terms.operator) : '';
      if ((name === chain || name === own) && !found.has(name)) found.set(name, location);
      return false;
    },
  });
  return found;
}

function replaceCalls(rule: Rule, terms: ReadonlyMap<string, Term>, { names }: Compilation): void {
  const bindings = [...terms].map(([name, term]) => [name, bind(term, names)] as const);
  rule.body = appended(
    bindings.map(([, { expr }]) => expr),
    rule.body,
  );
  const variables = new Map(bindings.map(([name, { variable }]) => [name, variable.name]));
  const rewriter = deepRewriter({
    body: (body) => {
      for (const [index, expr] of body.entries()) {
        if (expr.terms.type !== 'call') continue;
        const variable = variables.get(operatorName(expr.terms.operator));
        if (variable === undefined) continue;
        const [output] = expr.terms.operands;
        const value = varTerm(variable);
        const replaced = newExpr(
          output === undefined ? { type: 'term', term: value } : callOf('eq', [output, value], undefined),
          expr.location,
        );
        replaced.generated = true;
        replaced.index = index;
        body[index] = replaced;
      }
      return body;
    },
  });
  rewriteRule(rule, rewriter);
}
