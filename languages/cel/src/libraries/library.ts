import type { CelValue } from '../runtime/values.ts';

/** An implementation. It yields undefined where no overload fits its arguments, and may throw a CelFault. */
export type CelFunction = (...args: CelValue[]) => CelValue | undefined;

/** Implementations by name: `name` for global functions, `.name` for members (the target is argument 0). */
export type FunctionTable = Readonly<Record<string, CelFunction>>;

/** One table of several: functions of the same name are tried in order until one fits. */
export function mergeFunctions(tables: readonly FunctionTable[]): FunctionTable {
  const merged: Record<string, CelFunction> = Object.create(null);
  for (const table of tables) {
    for (const [name, implementation] of Object.entries(table)) {
      const earlier = merged[name];
      merged[name] =
        earlier === undefined ? implementation : (...args) => earlier(...args) ?? implementation(...args);
    }
  }
  return merged;
}
