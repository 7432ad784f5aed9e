import type { JsonValue } from '@keelson/core';
import type { Body, Rule, Term } from '../syntax/ast.ts';
import { varTerm } from '../syntax/build.ts';
import { copyTerm } from '../syntax/copy.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import type { Compilation } from './compilation.ts';
import { typeError } from './diagnostics.ts';
import type { LocalNames } from './names.ts';
import { groundPrefix, nameOfTerms } from './nodes.ts';
import { renameVariables } from './rewrite.ts';
import { rulesReachedBy } from './rule-tree.ts';
import { applySchemas } from './types/annotated.ts';
import { putBaseTypes } from './types/base-document.ts';
import { type CheckerContext, TypeChecker } from './types/checker.ts';
import { builtinType } from './types/declarations.ts';
import type { TypeEnvironment } from './types/environment.ts';
import { SchemaFault, typeOfSchema } from './types/schema.ts';
import { anyType, type Type } from './types/type.ts';

/** What is known before any rule is looked at: the types of built-ins. */
export function builtinEnvironment(compilation: Compilation): TypeEnvironment {
  const { builtins, schemas } = compilation.settings;
  const input = schemas?.get('schema');
  return new TypeChecker(checkerContext(compilation)).root(
    (reference) => {
      const builtin = builtins.get(nameOfTerms(reference));
      return builtin === undefined ? undefined : builtinType(builtin);
    },
    input === undefined ? [] : [[[varTerm('input')], schemaType(input, compilation)]],
  );
}

function schemaType(schema: JsonValue, { diagnostics }: Compilation): Type {
  try {
    return typeOfSchema(schema);
  } catch (error) {
    if (!(error instanceof SchemaFault)) throw error;
    diagnostics.stop(typeError(undefined, error.message));
    return anyType;
  }
}

/** Checks the types of all rules and keeps those of documents for queries. */
export function checkTypes(compilation: Compilation): void {
  const { graph, diagnostics, settings } = compilation;
  if (!settings.checkTypes) return;
  const environment = compilation.types.inner();
  if (settings.dataSchema !== undefined) {
    putBaseTypes(schemaType(settings.dataSchema, compilation), compilation.ruleTree, environment.tree);
  }
  const checker = new TypeChecker(checkerContext(compilation));
  diagnostics.note(...checker.rules(graph.sorted() ?? [], environment));
  compilation.types = environment;
}

/** The type errors of a query; its generated variables are shown as what they stand for. */
export function queryTypeErrors(
  body: Body,
  compilation: Compilation,
  names: LocalNames,
  originalNames: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const context = checkerContext(compilation);
  const display = displayer([names, compilation.names], [originalNames, compilation.originalNames]);
  return new TypeChecker({ ...context, display }).body(body, compilation.types).errors;
}

function checkerContext(compilation: Compilation): CheckerContext {
  return {
    display: displayer([compilation.names], [compilation.originalNames]),
    dependents: (reference) => dependentsOf(reference, compilation),
    path: (rule) => compilation.path(rule),
    annotated: (rule, environment) => {
      if (!compilation.settings.annotations) return [];
      const schemas = compilation.annotationsFor(rule).flatMap((annotations) => annotations.schemas);
      return applySchemas(schemas, rule, environment, compilation.settings.schemas);
    },
  };
}

/** Shows a reference with the terms and names of the text. */
function displayer(
  generated: readonly LocalNames[],
  renamed: readonly ReadonlyMap<string, string>[],
): CheckerContext['display'] {
  const original = (local: string): Term | undefined => {
    for (const { subjects } of generated) {
      const subject = subjects.get(local);
      if (subject !== undefined) return copyTerm(subject);
    }
    for (const names of renamed) {
      const name = names.get(local);
      if (name !== undefined) return varTerm(name);
    }
    return undefined;
  };
  return (reference) => reference.map((term) => renameVariables(copyTerm(term), original));
}

/** The documents of the rules that a reference may name, and of all that depend on them. */
function dependentsOf(reference: readonly Term[], compilation: Compilation): (readonly Term[])[] {
  const seen = new Set<Rule>();
  const open = [...rulesReachedBy(compilation.ruleTree, reference)].map(({ rule }) => rule);
  for (let rule = open.pop(); rule !== undefined; rule = open.pop()) {
    if (seen.has(rule)) continue;
    seen.add(rule);
    open.push(...compilation.graph.dependents(rule));
  }
  return [...seen].map((rule) => groundPrefix(compilation.path(rule)));
}
