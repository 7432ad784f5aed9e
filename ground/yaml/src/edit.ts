import type { JsonValue, Path } from '@keelson/core';

/**
 * A change to a document. `set` replaces the value at `path` or inserts the missing keys; `insert` puts a new
 * item before index `path.at(-1)` of a sequence (length = append); `delete` removes the entry with its
 * own comments.
 */
export type YamlEdit = { op: 'set' | 'insert'; path: Path; value: JsonValue } | { op: 'delete'; path: Path };
