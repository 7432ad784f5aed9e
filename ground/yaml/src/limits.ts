import type { YamlLimits } from './document.ts';

/**
 * Bounds that hold unless the caller gives others. A whole cluster dump in one `kind: List` fits; what an
 * attacker would need to exhaust a machine does not.
 */
export const defaultYamlLimits: Readonly<YamlLimits> = Object.freeze({
  maxLength: 64 * 1024 * 1024,
  maxDepth: 500,
  maxNodes: 10_000_000,
  maxDocuments: 100_000,
});

/** The reader recurses once per level, so no caller may ask for more than a stack surely holds. */
const hardestDepth = 1_000;

/** The caller's limits over the defaults; `maxDepth` is never above 1,000. */
export function resolveLimits(given: Partial<YamlLimits> | undefined): YamlLimits {
  const limits = { ...defaultYamlLimits, ...given };
  limits.maxDepth = Math.min(limits.maxDepth, hardestDepth);
  return limits;
}
