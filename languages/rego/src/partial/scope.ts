import { constantPrefix } from '../compiler/nodes.ts';
import type { Term } from '../syntax/ast.ts';
import type { RegoValue } from '../values/index.ts';
import { onOneLine, type Path } from './paths.ts';

/** What `with` changes for the expressions below it. */
export interface Scope {
  /** Undefined where there is none. */
  readonly input: Term | undefined;
  readonly data: RegoValue | undefined;
  /** Documents that `with` replaced: rules below them are not seen. */
  readonly targets: readonly Path[];
  /** Functions by their printed name, each with its replacement: a reference to a function, or a value. */
  readonly mocks: ReadonlyMap<string, Term>;
  /** Documents that are not to be inlined. */
  readonly disabled: readonly DisabledPath[];
  /** The values of known rules. */
  readonly cache: Map<string, Term | null>;
}

export interface DisabledPath {
  readonly path: Path;
  /** Because of a `with`, and not because the caller wants it. */
  readonly internal: boolean;
}

export function isDisabled({ disabled }: Scope, path: Path, internal: boolean): boolean {
  const fixed = constantPrefix(path);
  return disabled.some((entry) => (internal || !entry.internal) && onOneLine(entry.path, fixed));
}
