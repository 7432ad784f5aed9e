// What stands under `checks` for completeness; `keelson explain` is the same.
export { run, usage } from '../explain/explain.ts';
