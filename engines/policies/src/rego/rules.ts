import type { SourceLocation } from '@keelson/core';
import { type Severity, severities } from '@keelson/evidence';
import { type Annotations, annotationsOf, type Module, parseModule } from '@keelson/rego';

type Rule = Module['rules'][number];

/** `decision`: a document that a policy names as its entrypoint, true where all is well. */
export type DecisionKind = 'deny' | 'violation' | 'warn' | 'decision';

/** A rule of conftest's conventions, or one of several definitions of it that has its own metadata. */
export interface DecisionRule {
  /** `custom.id` of its metadata, else package and name: `main.deny_root`. */
  readonly id: string;
  readonly kind: DecisionKind;
  /** The package as a reference, with every name as a literal. */
  readonly home: string;
  /** The document as policies call it: `data.main.deny_root`. */
  readonly document: string;
  /** The document with its results, whose name may be another. */
  readonly entrypoint: string;
  /** What exceptions call it: its name without the first word. */
  readonly excuse: string;
  readonly severity: Severity;
  readonly title: string;
  readonly description: string;
  readonly remediation: string;
  readonly references: readonly string[];
  readonly location: SourceLocation;
}

const conventions = /^(deny|violation|warn)((?:_[a-zA-Z0-9]+)*)$/;

/** The modules to compile, where definitions with metadata of their own have names of their own. */
export interface FoundRules {
  readonly modules: ReadonlyMap<string, Module>;
  readonly rules: readonly (DecisionRule & { readonly file: string })[];
}

/** Finds the rules that say what is wrong. Metadata that cannot be read counts as none: the compiler tells it. */
export function findRules(modules: ReadonlyMap<string, Module>): FoundRules {
  const out = new Map<string, Module>();
  const rules = new Map<string, DecisionRule & { readonly file: string }>();
  for (const [file, module] of modules) {
    const { annotations } = annotationsOf(module);
    const renames = new Map<Rule, string>();
    for (const [index, rule] of module.rules.entries()) {
      const name = nameOf(rule);
      const kind = kindOf(rule, name, annotations);
      if (kind === undefined || rule.default) continue;
      const own = annotations.find(
        ({ scope, target }) => scope === 'rule' && target.type === 'rule' && target.rule === rule,
      );
      const text = textOf(name, rule, annotations, own);
      // A definition of its own name gives its results apart from those of the others.
      const alias = own !== undefined && givesItems(rule) ? `${name}__of_${index}` : name;
      if (alias !== name) renames.set(rule, alias);
      const found = decisionRule(module, file, rule, { kind, name, alias, annotations: text });
      const key = `${found.home}.${alias}`;
      if (!rules.has(key)) rules.set(key, found);
    }
    out.set(file, renames.size === 0 ? module : withOwnNames(module, renames));
  }
  return { modules: out, rules: [...rules.values()] };
}

function nameOf({ head }: Rule): string {
  const [first, ...rest] = head.reference;
  return first?.type === 'var' && rest.every(({ type }) => type === 'var') ? first.name : '';
}

function kindOf(rule: Rule, name: string, annotations: readonly Annotations[]): DecisionKind | undefined {
  if (rule.head.args !== undefined && rule.head.args.length > 0) return undefined;
  const word = conventions.exec(name)?.[1];
  if (word === 'deny' || word === 'violation' || word === 'warn') return word;
  const isEntrypoint = annotations.some(
    ({ entrypoint, target }) => entrypoint && target.type === 'rule' && nameOf(target.rule) === name,
  );
  return isEntrypoint && name !== '' ? 'decision' : undefined;
}

/** Metadata of the definition, of the document, of the package, the nearest first. */
function textOf(
  name: string,
  rule: Rule,
  annotations: readonly Annotations[],
  own: Annotations | undefined,
): readonly Annotations[] {
  const ofDocument = annotations.filter(
    ({ scope, target }) =>
      scope === 'document' &&
      target.type === 'rule' &&
      (target.rule === rule || nameOf(target.rule) === name),
  );
  const ofPackage = annotations.filter(({ scope }) => scope === 'package' || scope === 'subpackages');
  return [...(own === undefined ? [] : [own]), ...ofDocument, ...ofPackage];
}

/** A rule that gives the items of a set. */
function givesItems({ head }: Rule): boolean {
  return head.key !== undefined && head.value === undefined;
}

/** Definitions under names of their own, and the old name for all of them together. */
function withOwnNames(module: Module, renames: ReadonlyMap<Rule, string>): Module {
  const rules = module.rules.flatMap((rule) => {
    const alias = renames.get(rule);
    const [first, ...rest] = rule.head.reference;
    if (alias === undefined || first?.type !== 'var') return [rule];
    const reference = [{ ...first, name: alias }, ...rest];
    return [{ ...rule, head: { ...rule.head, name: alias, reference } }, ...bridge(first.name, alias)];
  });
  return { ...module, rules };
}

/** A rule that gives all that another gives. It stands nowhere, so that no metadata is taken for its own. */
function bridge(name: string, alias: string): Rule[] {
  const { rules } = parseModule('', `package bridge\n${name} contains item if ${alias}[item]`, {
    version: 'v1',
  });
  return rules.map((rule) => ({ ...rule, location: undefined }));
}

interface Naming {
  readonly kind: DecisionKind;
  readonly name: string;
  readonly alias: string;
  readonly annotations: readonly Annotations[];
}

function decisionRule(
  module: Module,
  file: string,
  rule: Rule,
  { kind, name, alias, annotations }: Naming,
): DecisionRule & { readonly file: string } {
  const steps = module.package.path.slice(1).flatMap((term) => (term.type === 'string' ? [term.value] : []));
  const home = `data${steps.map((step) => `[${JSON.stringify(step)}]`).join('')}`;
  const ofRule = annotations.filter(({ scope }) => scope === 'rule' || scope === 'document');
  const custom = (key: string, from: readonly Annotations[]): string => {
    const value = from.map((each) => each.custom[key]).find((each) => typeof each === 'string');
    return typeof value === 'string' ? value.trim() : '';
  };
  const first = (pick: (each: Annotations) => string) => ofRule.map(pick).find((text) => text !== '') ?? '';
  const { row = 1, col = 1 } = rule.location ?? {};
  return {
    file,
    // What names or tells one rule is not asked of the package.
    id: custom('id', ofRule) || [...steps, name].join('.'),
    kind,
    home,
    document: ['data', ...steps, name].join('.'),
    entrypoint: `${home}[${JSON.stringify(alias)}]`,
    excuse: name.replace(/^(deny|violation|warn)_?/, ''),
    severity: severityOf(custom('severity', annotations)) ?? defaultSeverity[kind],
    title: first(({ title }) => title),
    description: first(({ description }) => description.trim()),
    remediation: custom('remediation', ofRule),
    references: annotations.flatMap(({ relatedResources }) => relatedResources.map(({ ref }) => ref)),
    location: { file, line: row, column: col },
  };
}

const defaultSeverity: Readonly<Record<DecisionKind, Severity>> = {
  deny: 'high',
  violation: 'high',
  decision: 'high',
  warn: 'medium',
};

/** A severity in whatever case it is written. */
export function severityOf(text: unknown): Severity | undefined {
  return severities.find((each) => typeof text === 'string' && each === text.toLowerCase());
}
