import type { Model } from './model.ts';
import { severityNames } from './model.ts';
import type { Query } from './route.ts';

/** Findings that a query leaves, and how many of each severity there are when severities are not narrowed. */
export interface Matches {
  findings: number[];
  bySeverity: number[];
}

/** The namespace of what has none. */
export const noNamespace = '-';

type Test = (finding: number) => boolean;

export function match(model: Model, query: Query): Matches {
  const tests = testsOf(model, query);
  const severities = listOf(query.severity);
  const wanted = severityNames.map(
    (name) => severities.length === 0 || severities.includes(name.toLowerCase()),
  );
  const bySeverity = severityNames.map(() => 0);
  const findings: number[] = [];
  for (let i = 0; i < model.size; i++) {
    if (!tests.every((test) => test(i))) continue;
    const severity = model.severity(i);
    bySeverity[severity] = (bySeverity[severity] ?? 0) + 1;
    if (wanted[severity] === true) findings.push(i);
  }
  return { findings, bySeverity };
}

export function listOf(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(',');
}

function testsOf(model: Model, query: Query): Test[] {
  const { columns, data } = model;
  const tests: Test[] = [];
  const { namespace, kind, object, check, fix, exceptions } = query;
  if (exceptions === 'only') tests.push((i) => model.isSuppressed(i));
  else if (exceptions !== 'with') tests.push((i) => !model.isSuppressed(i));
  if (check !== undefined) {
    const rule = data.rules.findIndex(({ id }) => id === check);
    tests.push((i) => columns.rule[i] === rule);
  }
  if (namespace !== undefined || kind !== undefined || object !== undefined) {
    const name = namespace === noNamespace ? '' : namespace;
    const part = object?.toLowerCase() ?? '';
    const fits = data.objects.map(
      ([itsKind, itsNamespace, label]) =>
        (namespace === undefined || itsNamespace === name) &&
        (kind === undefined || itsKind === kind) &&
        label.toLowerCase().includes(part),
    );
    tests.push((i) => fits[columns.object[i] ?? -1] === true);
  }
  if (query.framework !== undefined) tests.push(controlTest(model, query.framework, query.control));
  if (fix !== undefined) tests.push(fixTest(model, fix));
  const states = listOf(query.state).map((name) => stateLetters[name] ?? '');
  if (states.length > 0) tests.push((i) => states.includes(columns.state?.[i] ?? ''));
  tests.push(...wordTests(model, query.q ?? ''));
  return tests;
}

export const stateLetters: Readonly<Record<string, string>> = {
  new: 'n',
  unchanged: 'u',
  'not-comparable': 'c',
};

function controlTest({ data, columns }: Model, framework: string, control: string | undefined): Test {
  const found = data.frameworks.find(({ id }) => id === framework);
  const rules = new Set(
    (found?.controls ?? [])
      .filter(({ id }) => control === undefined || id === control)
      .flatMap(({ checks }) => checks),
  );
  return (i) => rules.has(columns.rule[i] ?? -1);
}

/** How a finding is mended: `auto` and `named` by the command, `choice` by a person who decides, `manual` by hand. */
export function fixTest({ columns, data }: Model, fix: string): Test {
  const hasChoice = data.fixes.map((set) => set.some(({ choice }) => choice !== undefined));
  switch (fix) {
    case 'auto':
      return (i) => columns.mend[i] === '1';
    case 'named':
      return (i) => columns.mend[i] === '2';
    case 'choice':
      return (i) => columns.mend[i] === '0' && hasChoice[columns.fix[i] ?? -1] === true;
    default:
      return (i) => columns.mend[i] === '0' && hasChoice[columns.fix[i] ?? -1] !== true;
  }
}

/** Each word must stand somewhere in a finding: in its check, object, message, file or path. */
function wordTests(model: Model, text: string): Test[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const { columns, data } = model;
  const hay = haystacks(model);
  return words.map((word) => {
    const has = (list: readonly string[]) => list.map((item) => item.includes(word));
    const rules = has(hay.rules);
    const objects = has(hay.objects);
    const messages = has(hay.messages);
    const paths = has(hay.paths);
    const files = has(hay.files);
    return (i) =>
      rules[columns.rule[i] ?? -1] === true ||
      objects[columns.object[i] ?? -1] === true ||
      messages[columns.message[i] ?? -1] === true ||
      paths[columns.path[i] ?? -1] === true ||
      files[data.places[(columns.place[i] ?? -1) * 7] ?? -1] === true;
  });
}

interface Haystacks {
  rules: string[];
  objects: string[];
  messages: string[];
  paths: string[];
  files: string[];
}

const known = new WeakMap<Model, Haystacks>();

function haystacks(model: Model): Haystacks {
  const made = known.get(model);
  if (made !== undefined) return made;
  const { rules, objects, messages, paths, files } = model.data;
  const lower = (list: readonly string[]) => list.map((item) => item.toLowerCase());
  const hay = {
    rules: rules.map(({ id, title, category, aliases = [] }) =>
      [id, title, category, ...aliases.flatMap(([, ids]) => ids)].join('\n').toLowerCase(),
    ),
    objects: objects.map(([kind, namespace, label]) => `${kind}\n${namespace}\n${label}`.toLowerCase()),
    messages: lower(messages),
    paths: lower(paths),
    files: lower(files),
  };
  known.set(model, hay);
  return hay;
}
