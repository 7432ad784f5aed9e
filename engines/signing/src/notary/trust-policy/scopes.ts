import { formatReference, OciError, parseRegistryReference } from '@keelson/oci';

/**
 * What is wrong with a scope: it names a registry and a repository in full, without scheme, tag, digest or wildcard
 * (trust-store-trust-policy.md, registry scopes constraints).
 *
 * @returns undefined where nothing is
 */
export function checkScope(scope: string): string | undefined {
  if (scope.includes('*')) return 'has a wildcard beside other characters';
  try {
    const reference = parseRegistryReference(scope);
    if (reference.tag !== undefined || reference.digest !== undefined) return 'names a tag or a digest';
    return formatReference(reference) === scope ? undefined : 'does not name registry and repository in full';
  } catch (error) {
    if (error instanceof OciError) return `is no repository: ${error.message}`;
    throw error;
  }
}
