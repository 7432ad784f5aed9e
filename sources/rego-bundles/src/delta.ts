import { type Bundle, emptyDocument, type Manifest, type Policy, patchDocument } from '@keelson/rego';
import { BundleError } from './errors.ts';

/**
 * Makes the changes of a delta bundle to the data of a policy that runs: all of them, or none and an error. Nothing is compiled
 * anew. Evaluations that have begun go on with the data that they began with.
 *
 * @param active the manifest of the bundle that the policy was made of; a delta bundle must have the same roots.
 * @throws BundleError DELTA_UNFIT; RegoError `bundle_error` for a patch that cannot be made
 */
export function applyDelta(policy: Policy, { patches, manifest }: Bundle, active: Manifest): void {
  if (patches === undefined)
    throw new BundleError('DELTA_UNFIT', 'it is no delta bundle: it has no patch.json');
  if (!sameRoots(manifest, active))
    throw new BundleError(
      'DELTA_UNFIT',
      `its roots [${manifest.roots.join(' ')}] are not those of the bundle [${active.roots.join(' ')}]`,
    );
  policy.setData([], patchDocument(policy.data ?? emptyDocument(), patches));
}

/** Whether two bundles own the same part of the data, in whatever order they say it. */
export function sameRoots(a: Manifest, b: Manifest): boolean {
  return a.roots.length === b.roots.length && a.roots.every((root) => b.roots.includes(root));
}
