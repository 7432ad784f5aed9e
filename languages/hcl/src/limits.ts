/** Bounds of the reader. Passing one is an error `HCL_LIMIT` that names it. */
export interface HclLimits {
  /** Largest text, in UTF-16 code units. */
  readonly maxLength: number;
  /** Deepest nesting of blocks, brackets, operators and templates. */
  readonly maxDepth: number;
}

export const defaultHclLimits: HclLimits = Object.freeze({ maxLength: 4 * 1024 * 1024, maxDepth: 200 });

/** The parser recurses, so no caller may ask for more than a stack surely holds. */
const hardestDepth = 500;

/** The caller's limits over the defaults; `maxDepth` is never above 500. */
export function resolveLimits(given: Partial<HclLimits> | undefined): HclLimits {
  const limits = { ...defaultHclLimits, ...given };
  return { ...limits, maxDepth: Math.min(limits.maxDepth, hardestDepth) };
}
