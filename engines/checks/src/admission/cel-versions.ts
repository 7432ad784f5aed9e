import type { ExpressionNames } from './names.ts';

/** The first minor release with ValidatingAdmissionPolicy in `v1`, whose CEL new policies may use as it was in 1.29. */
const baseMinor = 30;

/**
 * Functions by the first minor release in which a new policy may call them: an API server holds new expressions to
 * the CEL of the release before, so that it can be rolled back (KEP-2876, "CEL library versions").
 */
const laterFunctions: ReadonlyMap<string, number> = new Map(
  Object.entries({
    31: `ip isIP isCanonical family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast
      cidr isCIDR containsIP containsCIDR prefixLength masked`,
    32: 'named validate',
    33: 'all/2 exists/2 existsOne/2 transformList transformList/2 transformMap/2 transformMapEntry/2',
    34: 'semver isSemver major minor patch',
    35: 'slice flatten sort sortBy reverse distinct range',
  }).flatMap(([minor, names]) => names.split(/\s+/).map((name): [string, number] => [name, Number(minor)])),
);

/** Functions and macros of CEL's extensions that API servers do not load. */
const unknownFunctions: ReadonlySet<string> = new Set([
  'cel.bind',
  'cel.block',
  'first',
  'last',
  'unwrapOpt',
]);
/** Namespaces of such functions. */
const unknownNamespaces: ReadonlySet<string> = new Set(['base64', 'math', 'proto', 'regex', 'strings']);

/**
 * The minor release of Kubernetes 1 that expressions need, or what they use that no API server knows.
 */
export function minimumMinor(expressions: readonly ExpressionNames[]): number | string {
  let minor = baseMinor;
  for (const { free, functions } of expressions) {
    for (const name of free) if (unknownNamespaces.has(name)) return `${name}.*`;
    for (const name of functions) {
      if (unknownFunctions.has(name)) return name;
      minor = Math.max(minor, laterFunctions.get(name) ?? baseMinor);
    }
  }
  return minor;
}
