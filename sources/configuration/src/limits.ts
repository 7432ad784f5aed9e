/** Bounds of the readers. Passing one is an error that names it. */
export interface ConfigurationLimits {
  /** Largest file of JSON or YAML. */
  readonly maxBytes: number;
  /** Largest file of any other format, and most text that the values of such a file may come to. */
  readonly maxTextBytes: number;
  /** Deepest nesting. */
  readonly maxDepth: number;
}

export const defaultConfigurationLimits: ConfigurationLimits = Object.freeze({
  maxBytes: 64 * 1024 * 1024,
  maxTextBytes: 4 * 1024 * 1024,
  maxDepth: 200,
});

/** The readers recurse, so no caller may ask for more than a stack surely holds. */
const hardestDepth = 500;

/** The caller's limits over the defaults; `maxDepth` is never above 500. */
export function resolveLimits(given: Partial<ConfigurationLimits> | undefined): ConfigurationLimits {
  const limits = { ...defaultConfigurationLimits, ...given };
  return { ...limits, maxDepth: Math.min(limits.maxDepth, hardestDepth) };
}
