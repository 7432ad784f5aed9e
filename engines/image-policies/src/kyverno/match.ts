import { isObject, type JsonFields, type JsonObject } from '@keelson/core';
import { matchesSelector } from '@keelson/kubernetes';
import type { Workload } from '../model/workload.ts';
import { wildcardTest } from '../wildcard.ts';
import { type JudgedObject, judgedObjects, metadataOf } from './judged-objects.ts';

/** Whether a filter holds; undefined where that cannot be told from manifests. */
type Judgement = boolean | undefined;

type Filter = (object: JudgedObject) => Judgement;

export interface RuleMatch {
  /**
   * Whether the rule is about a workload. What cannot be told counts for the rule: it selects, and excludes nothing.
   *
   * @param workload undefined where it is not known
   */
  readonly isAbout: (workload: Workload | undefined) => boolean;
  /** The object that the rule judges. */
  readonly judged: (workload: Workload) => JudgedObject | undefined;
  /** What of the filters is not judged. */
  readonly warnings: readonly string[];
}

/** Reads `match` and `exclude` of a rule of Kyverno. */
export function compileMatch(rule: JsonFields): RuleMatch {
  const warnings: string[] = [];
  const match = rule.object('match');
  const exclude = rule.object('exclude');
  const selects = match === undefined ? () => false : compileFilters(match, warnings);
  const excludes = exclude === undefined ? () => false : compileFilters(exclude, warnings);
  const judged = (workload: Workload) =>
    judgedObjects(workload).find((object) => selects(object) !== false && excludes(object) !== true);
  return {
    judged,
    isAbout: (workload) => workload === undefined || judged(workload) !== undefined,
    warnings,
  };
}

/** `any` and `all`, or the older form with one filter by itself. */
function compileFilters(fields: JsonFields, warnings: string[]): Filter {
  const [any, all] = [fields.objects('any'), fields.objects('all')].map((list) =>
    list.map((each) => compileFilter(each, warnings)),
  );
  if (any !== undefined && any.length > 0) return (object) => someOf(any.map((filter) => filter(object)));
  if (all !== undefined && all.length > 0) return (object) => allOf(all.map((filter) => filter(object)));
  return compileFilter(fields, warnings);
}

const someOf = (found: readonly Judgement[]): Judgement =>
  found.includes(true) ? true : found.includes(undefined) ? undefined : false;
const allOf = (found: readonly Judgement[]): Judgement =>
  found.includes(false) ? false : found.includes(undefined) ? undefined : true;

/** Who makes a request is not in manifests. */
const ofRequests = ['subjects', 'roles', 'clusterRoles'];

function compileFilter(fields: JsonFields, warnings: string[]): Filter {
  const parts: Filter[] = [];
  for (const name of ofRequests)
    if (fields.has(name) && (!Array.isArray(fields.value(name)) || fields.list(name).length > 0)) {
      warnings.push(`${fields.place(name)} is not judged: nobody knows who will ask`);
      parts.push(() => undefined);
    }
  const resources = fields.object('resources');
  if (resources !== undefined) parts.push(...resourceFilters(resources, warnings));
  // A filter that asks for nothing selects nothing.
  return parts.length === 0 ? () => false : (object) => allOf(parts.map((part) => part(object)));
}

const resourceFields: Readonly<Record<string, (fields: JsonFields, name: string) => Filter>> = {
  kinds: (fields, name) => {
    const tests = fields.texts(name).map(kindTest);
    return (object) => tests.some((test) => test(object));
  },
  name: (fields, name) => nameFilter([fields.text(name)]),
  names: (fields, name) => nameFilter(fields.texts(name)),
  namespaces: (fields, name) => {
    const tests = fields.texts(name).map(wildcardTest);
    return (object) => {
      const { namespace } = metadataOf(object);
      // Where a manifest names none, it is that of who applies it.
      return typeof namespace === 'string' ? tests.some((test) => test(namespace)) : undefined;
    };
  },
  annotations: (fields, name) => {
    const wanted = [...fields.map(name, maxEntries)].map(
      ([key, value]) => [wildcardTest(key), wildcardTest(value)] as const,
    );
    return (object) => {
      const found = Object.entries(textsOf(metadataOf(object)['annotations']));
      return wanted.every(([key, value]) =>
        found.some(([one, text]) => key(one) && typeof text === 'string' && value(text)),
      );
    };
  },
  selector: (fields, name) => {
    const selector = fields.value(name);
    const hasWildcards = /[*?]/.test(JSON.stringify(selector ?? null));
    return (object) =>
      hasWildcards ? undefined : matchesSelector(textsOf(metadataOf(object)['labels']), selector);
  },
  operations: (fields, name) => {
    const operations = fields.texts(name);
    // Manifests are what somebody is about to make.
    return () => operations.includes('CREATE') || operations.includes('UPDATE');
  },
};

const maxEntries = 1_000;

function resourceFilters(fields: JsonFields, warnings: string[]): Filter[] {
  return fields.names().flatMap((name): Filter[] => {
    const value = fields.value(name);
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    const make = Object.hasOwn(resourceFields, name) ? resourceFields[name] : undefined;
    if (make !== undefined) {
      if (name === 'selector' && /[*?]/.test(JSON.stringify(value)))
        warnings.push(`${fields.place(name)} is not judged: it has wildcards`);
      return [make(fields, name)];
    }
    warnings.push(`${fields.place(name)} is not judged: it is not known from manifests`);
    return [() => undefined];
  });
}

function nameFilter(names: readonly string[]): Filter {
  const tests = names.map(wildcardTest);
  return (object) => {
    const { name } = metadataOf(object);
    if (object.isMade || typeof name !== 'string') return names.includes('*') ? true : undefined;
    return tests.some((test) => test(name));
  };
}

function textsOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** `Pod`, `v1/Pod`, `apps/v1/Deployment`, with wildcards; what names a subresource means no object. */
function kindTest(text: string): (object: Workload) => boolean {
  const steps = text.split('/');
  const isVersion = (step = '') => step === '*' || /^v\d/.test(step);
  const at =
    steps.length === 1 ? 0 : isVersion(steps[0]) && steps.length === 2 ? 1 : isVersion(steps[1]) ? 2 : -1;
  const behind = steps.slice(at + 1);
  if (at < 0 || behind.some((step) => step !== '*') || text.includes('.status')) return () => false;
  const [kind, version, group] = [steps[at], steps[at - 1], steps[at - 2]].map((step) =>
    wildcardTest(step ?? '*'),
  );
  return (object) =>
    kind?.(object.kind) === true && version?.(object.version) === true && group?.(object.group) === true;
}
