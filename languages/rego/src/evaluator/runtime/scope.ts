import type { Builtin } from '../../builtins/builtin.ts';
import { isObjectValue, type PlainObject, RegoObject, type RegoValue } from '../../values/index.ts';
import type { Entries, UserFunction } from './documents.ts';
import type { Run } from './run.ts';

/** Stands in a cache for a result that is undefined. */
export const absent: unique symbol = Symbol('undefined');
export type Cached = RegoValue | typeof absent | undefined;

const missesToTry = 512;
const missesPerHit = 8;
/** Results that are kept for one function. */
const mostKept = 1_000_000;
const callsToRetry = 1_000;
/** Calls of all functions whose results were not kept before any of them is tried again. */
const unkeptCallsToRetry = 200_000;

/** Results of a function by its arguments, kept while that pays. */
export class Memo {
  /** One map for each argument but the last holds the next. */
  results = new Map<unknown, unknown>();
  hits = 0;
  /** Arguments are told apart by their values instead of their identity. */
  byValue = false;
  isOff = false;
  #misses = 0;
  #calls = 0;

  /** Keeping costs more than it brings where the same is hardly asked for twice: then it ends. */
  missed(): void {
    if (++this.#misses < missesToTry) return;
    if (this.#misses < this.hits * missesPerHit && this.#misses < mostKept) return;
    this.isOff = true;
    this.results = new Map();
  }

  /**
   * A call while nothing is kept; true where it stays so. After very many calls in one evaluation, keeping is tried
   * once more by the values of the arguments, which may be made anew for each call.
   */
  staysOff(run: Run): boolean {
    if (this.byValue) return true;
    if (++run.unkeptCalls < unkeptCallsToRetry || ++this.#calls < callsToRetry) return true;
    this.byValue = true;
    this.isOff = false;
    this.#misses = 0;
    this.hits = 0;
    return false;
  }
}

/** A path in `data` or `input`, without that name. */
export type Path = readonly string[];

/** What a function is replaced with. */
export type Mock =
  | { readonly kind: 'value'; readonly value: RegoValue }
  | { readonly kind: 'function'; readonly target: UserFunction }
  | { readonly kind: 'builtin'; readonly target: Builtin };

/**
 * What the rules see: `input`, what `with` put in the place of data and functions, and the caches that hold
 * for exactly that. Generated code gets its scope as its first argument; `with` makes another one.
 */
export class Scope {
  readonly run: Run;
  readonly input: RegoValue | undefined;
  /** A document that holds what `with` put into data, and the paths it was put at. */
  readonly replaced: RegoValue | undefined;
  readonly targets: readonly Path[] | null;
  readonly mocks: ReadonlyMap<string, Mock> | null;
  readonly documents: Cached[];
  readonly bases: Cached[];
  readonly calls: (Memo | undefined)[];
  readonly extents: Map<unknown, Cached>;
  readonly entries: (Entries | undefined)[];

  constructor(parts: ScopeParts) {
    this.run = parts.run;
    this.input = parts.input;
    this.replaced = parts.replaced;
    this.targets = parts.targets;
    this.mocks = parts.mocks;
    this.documents = parts.documents ?? [];
    this.bases = parts.bases ?? [];
    this.calls = parts.calls ?? [];
    this.extents = parts.extents ?? new Map();
    this.entries = parts.entries ?? [];
  }

  /** The same scope in which no function is replaced, as the body of a replacement sees it. */
  withoutMocks(): Scope {
    return new Scope({ ...this, mocks: null });
  }
}

export interface ScopeParts {
  readonly run: Run;
  readonly input: RegoValue | undefined;
  readonly replaced: RegoValue | undefined;
  readonly targets: readonly Path[] | null;
  readonly mocks: ReadonlyMap<string, Mock> | null;
  readonly documents?: Cached[];
  readonly bases?: Cached[];
  readonly calls?: (Memo | undefined)[];
  readonly extents?: Map<unknown, Cached>;
  readonly entries?: (Entries | undefined)[];
}

export function rootScope(run: Run, input: RegoValue | undefined): Scope {
  return new Scope({ run, input, replaced: undefined, targets: null, mocks: null });
}

/** One replacement of a `with`. */
export type Replacement =
  | { readonly kind: 'input'; readonly path: Path }
  | { readonly kind: 'data'; readonly path: Path }
  | { readonly kind: 'function'; readonly name: string; readonly mock: Mock | undefined };

/**
 * The scope of an expression with replacements.
 *
 * @param values one for each replacement; ignored where a function is put in the place of a function.
 */
export function replacedScope(
  scope: Scope,
  replacements: readonly Replacement[],
  values: readonly RegoValue[],
): Scope {
  let { input, replaced } = scope;
  const targets: Path[] = scope.targets === null ? [] : [...scope.targets];
  const mocks = new Map(scope.mocks ?? []);
  replacements.forEach((replacement, i) => {
    const value = values[i] ?? null;
    if (replacement.kind === 'input') input = replaceAt(input, replacement.path, 0, value);
    else if (replacement.kind === 'data') {
      replaced = replaceAt(replaced, replacement.path, 0, value);
      targets.push(replacement.path);
    } else mocks.set(replacement.name, replacement.mock ?? { kind: 'value', value });
  });
  const sameData = targets.length === (scope.targets?.length ?? 0);
  return new Scope({
    run: scope.run,
    input,
    replaced,
    targets: targets.length === 0 ? null : targets,
    mocks: mocks.size === 0 ? null : mocks,
    ...(sameData ? { bases: scope.bases } : {}),
  });
}

/** A copy of a document with another value at a path; what stands in the way of the path goes. */
export function replaceAt(
  document: RegoValue | undefined,
  path: Path,
  depth: number,
  value: RegoValue,
): RegoValue {
  const key = path[depth];
  if (key === undefined) return value;
  const old = isObjectValue(document) ? document : undefined;
  if (old instanceof RegoObject) {
    const copy = new RegoObject();
    for (const [name, item] of old.entries()) copy.set(name, item);
    return copy.set(key, replaceAt(old.get(key), path, depth + 1, value));
  }
  return withMember(old, key, (member) => replaceAt(member, path, depth + 1, value));
}

function withMember(
  object: PlainObject | undefined,
  key: string,
  change: (member: RegoValue | undefined) => RegoValue,
): PlainObject {
  const copy: Record<string, RegoValue> = { ...object };
  const old = object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
  Object.defineProperty(copy, key, {
    value: change(old),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return copy;
}

/** Whether `with` replaced the document at `path` or one above it. */
export function isReplaced(scope: Scope, path: readonly RegoValue[]): boolean {
  const { targets } = scope;
  if (targets === null) return false;
  return targets.some((target) => target.length <= path.length && target.every((key, i) => key === path[i]));
}
