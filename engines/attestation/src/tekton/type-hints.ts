import { isObject } from '@keelson/core';
import { hexOf, OciError, parseRegistryReference } from '@keelson/oci';
import { type Artifact, digestFrom, merged } from './artifact.ts';
import { type NamedValue, textOf } from './run.ts';

/*
 * Tekton Chains finds artifacts by the names of results ("type hinting", tektoncd/chains, docs/slsa-provenance.md).
 */

/** What was built, by all the forms of hints: the subjects of slsa/v1 and slsa/v2alpha3. */
export function builtArtifacts(results: readonly NamedValue[]): readonly Artifact[] {
  return merged([
    ...images(results),
    ...pairs(results, 'ARTIFACT_URI', 'ARTIFACT_DIGEST').flatMap(({ uri, digest }) => {
      const parsed = digestFrom(digest);
      return parsed === undefined ? [] : [{ uri, digest: parsed }];
    }),
    ...objects(results, 'ARTIFACT_OUTPUTS'),
  ]);
}

/** What was built and said to be so: the subjects of slsa/v2alpha4. */
export function buildArtifacts(results: readonly NamedValue[]): readonly Artifact[] {
  return merged([...markedObjects(results), ...images(results)]);
}

/** What was built from. */
export function inputArtifacts(results: readonly NamedValue[]): readonly Artifact[] {
  return merged(objects(results, 'ARTIFACT_INPUTS'));
}

/** The results that are no build artifacts: byproducts of slsa/v2alpha4. Objects that are named as outputs and are none are left out too. */
export function otherResults(results: readonly NamedValue[]): readonly NamedValue[] {
  return results.filter((result) => {
    const { name, value } = result;
    if (name.endsWith('IMAGE_URL') || name.endsWith('IMAGE_DIGEST') || name === 'IMAGES') return false;
    return !name.endsWith('ARTIFACT_OUTPUTS') || (isObject(value) && !isMarked(result));
  });
}

/** The git repository and commit that were built; the later lists count more. */
export function gitSource(...lists: readonly (readonly NamedValue[])[]): readonly Artifact[] {
  let url = '';
  let commit = '';
  for (const { name, value } of lists.flat()) {
    if (name === 'CHAINS-GIT_URL') url = textOf(value);
    else if (name === 'CHAINS-GIT_COMMIT') commit = textOf(value);
  }
  if (url === '' || commit === '') return [];
  const scheme = url.startsWith('git+') ? '' : 'git+';
  const suffix = url.endsWith('.git') ? '' : '.git';
  return [{ uri: scheme + url + suffix, digest: new Map([['sha1', commit]]) }];
}

function images(results: readonly NamedValue[]): readonly Artifact[] {
  const listed = results
    .filter(({ name }) => name === 'IMAGES')
    .flatMap(({ value }) => textOf(value).split(/[,\n]/))
    .map((text) => text.trim());
  const paired = pairs(results, 'IMAGE_URL', 'IMAGE_DIGEST').map(({ uri, digest }) => `${uri}@${digest}`);
  const marked = markedObjects(results).map(
    ({ uri, digest }) => `${uri}@sha256:${digest.get('sha256') ?? ''}`,
  );
  return [...paired, ...listed, ...marked].flatMap(imageFrom);
}

/** The repository in full and the digest; none where the text is no reference with a SHA-256. */
function imageFrom(text: string): readonly Artifact[] {
  try {
    const { registry, repository, digest } = parseRegistryReference(text);
    if (digest?.startsWith('sha256:') !== true) return [];
    const host = registry === 'docker.io' ? 'index.docker.io' : registry;
    return [{ uri: `${host}/${repository}`, digest: new Map([['sha256', hexOf(digest)]]) }];
  } catch (error) {
    if (error instanceof OciError) return [];
    throw error;
  }
}

/** Results of the same beginning, one the name and one the digest of a thing. */
function pairs(
  results: readonly NamedValue[],
  uriSuffix: string,
  digestSuffix: string,
): readonly { readonly uri: string; readonly digest: string }[] {
  const byMarker = new Map<string, { uri: string; digest: string }>();
  for (const { name, value } of results) {
    const suffix = [uriSuffix, digestSuffix].find((candidate) => name.endsWith(candidate));
    const text = textOf(value).trim();
    if (suffix === undefined || text === '') continue;
    const marker = name.slice(0, -suffix.length);
    const pair = byMarker.get(marker) ?? { uri: '', digest: '' };
    byMarker.set(marker, pair);
    pair[suffix === uriSuffix ? 'uri' : 'digest'] = text;
  }
  return [...byMarker.values()].filter(({ uri, digest }) => uri !== '' && digest !== '');
}

function objects(results: readonly NamedValue[], suffix: string): readonly Artifact[] {
  return results.filter(({ name }) => name.endsWith(suffix)).flatMap(objectFrom);
}

function markedObjects(results: readonly NamedValue[]): readonly Artifact[] {
  return objects(results.filter(isMarked), 'ARTIFACT_OUTPUTS');
}

function isMarked({ value }: NamedValue): boolean {
  return isObject(value) && value['isBuildArtifact'] === 'true';
}

function objectFrom({ value }: NamedValue): readonly Artifact[] {
  if (!isObject(value)) return [];
  const { uri, digest } = value;
  const parsed = typeof digest === 'string' ? digestFrom(digest) : undefined;
  return typeof uri === 'string' && uri !== '' && parsed !== undefined ? [{ uri, digest: parsed }] : [];
}
