import type { Programs } from '@keelson/checks';

/** Checks written in TypeScript, by the name that their YAML gives in `program`. */
export const programs: Programs = {};
