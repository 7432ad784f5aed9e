import { equalJson, type JsonFields } from '@keelson/core';
import { type Artifact, subjectsOf } from '@keelson/signing';
import { AttestationError } from '../errors.ts';
import { type BuilderId, builderText, demandBuilder, readBuilderId } from './builder-id.ts';
import type { CloudBuildDocument, CloudBuildProvenance } from './cloud-build.ts';

/** The one builder of Cloud Build that there is provenance of. */
export const cloudBuilder = 'https://cloudbuild.googleapis.com/GoogleHostedWorker';

const buildTypeVersion1 = 'https://cloud.google.com/build/gcb-buildtypes/google-worker/v1';
const buildMessage = 'type.googleapis.com/google.devtools.cloudbuild.v1.Build';
const recipes = [
  'https://cloudbuild.googleapis.com/CloudBuildYaml@',
  'https://cloudbuild.googleapis.com/CloudBuildSteps@',
];

/**
 * The builder, which must be known, and the one that is asked for; and the build type, which must be one of that builder.
 *
 * @throws AttestationError BUILDER_INVALID, BUILDER_MISMATCH, BUILD_TYPE_INVALID
 */
export function demandCloudBuilder(provenance: CloudBuildProvenance, wanted?: string): BuilderId {
  const { predicate, isVersion1 } = provenance;
  const builder = isVersion1
    ? predicate.required('runDetails').required('builder')
    : predicate.required('builder');
  const id = readBuilderId(builder.text('id'));
  const versions: readonly (string | undefined)[] = isVersion1 ? [undefined] : ['v0.2', 'v0.3'];
  if (id.name !== cloudBuilder || !versions.includes(id.version))
    throw new AttestationError('BUILDER_INVALID', `${builderText(id)} is no builder of Cloud Build`);
  if (wanted !== undefined) demandBuilder(id, wanted);
  if (isVersion1)
    demandBuildType(predicate.required('buildDefinition').text('buildType'), [buildTypeVersion1]);
  else demandRecipe(predicate.required('recipe'), id);
  return id;
}

function demandRecipe(recipe: JsonFields, id: BuilderId): void {
  demandBuildType(recipe.text('type'), id.version === 'v0.2' ? [builderText(id)] : recipes);
  const message = recipe.required('arguments').text('@type');
  if (message !== buildMessage)
    throw new AttestationError('BUILDER_MISMATCH', `the arguments of the build are ${message}`);
}

/** Types that end in `@` are of any version. */
function demandBuildType(type: string, known: readonly string[]): void {
  if (!known.some((each) => (each.endsWith('@') ? type.startsWith(each) : type === each)))
    throw new AttestationError('BUILD_TYPE_INVALID', `${type} is no build type of Cloud Build`);
}

/** @throws AttestationError SUBJECT_MISMATCH */
export function demandCloudSubject({ statement }: CloudBuildProvenance, artifact: Artifact): void {
  if (subjectsOf(statement, artifact).length === 0)
    throw new AttestationError('SUBJECT_MISMATCH', 'the provenance is about other images');
}

/**
 * The source, as a whole URI. The forms of Cloud Build: `https://…/commit/<sha>` in v0.2, the repository in v0.3, `gs://…#<generation>` in
 * both, repository and ref in version 1.
 *
 * @throws AttestationError SOURCE_MISMATCH, BUILDER_INVALID, PROVENANCE_INVALID
 */
export function demandCloudSource(
  provenance: CloudBuildProvenance,
  builder: BuilderId,
  wanted: string,
): void {
  const uri = cloudSource(provenance).replace(/^git\+/, '');
  const source = uri.startsWith('https://') && !wanted.startsWith('https://') ? `https://${wanted}` : wanted;
  if (!cloudSourceForms(provenance, builder).some((form) => form(uri, source)))
    throw new AttestationError('SOURCE_MISMATCH', `the build is of ${uri}, not of ${wanted}`);
}

type SourceForm = (uri: string, source: string) => boolean;

const isWhole: SourceForm = (uri, source) => uri === source;
const isBefore =
  (mark: string): SourceForm =>
  (uri, source) =>
    uri.startsWith(source + mark);

function cloudSourceForms({ isVersion1 }: CloudBuildProvenance, builder: BuilderId): readonly SourceForm[] {
  if (isVersion1) return [(uri, source) => uri.slice(0, uri.indexOf('@')) === source];
  if (builder.version === 'v0.2') return [isBefore('/commit/'), isBefore('#')];
  if (builder.version === 'v0.3') return [isWhole, isBefore('#')];
  throw new AttestationError('BUILDER_INVALID', `${builderText(builder)} is no builder of Cloud Build`);
}

function cloudSource({ predicate, isVersion1 }: CloudBuildProvenance): string {
  if (!isVersion1) {
    const [material] = predicate.objects('materials');
    const uri = material?.optionalText('uri') ?? '';
    if (uri === '') throw predicate.invalid('materials', 'lacks the source');
    return uri;
  }
  const config = configSource(predicate);
  const [repository, ref] = [config.text('repository'), config.text('ref')];
  if (repository.includes('@') || ref.includes('@')) throw config.invalid('', 'has an @ in its parts');
  return `${repository}@${ref}`;
}

function configSource(predicate: JsonFields): JsonFields {
  return predicate.required('buildDefinition').required('externalParameters').required('buildConfigSource');
}

/** The tag that started the build; undefined where none did. */
export function cloudTag({ predicate, isVersion1 }: CloudBuildProvenance): string | undefined {
  if (!isVersion1)
    return predicate
      .required('recipe')
      .object('arguments')
      ?.object('substitutions')
      ?.optionalText('TAG_NAME');
  const tag = predicate
    .required('buildDefinition')
    .object('internalParameters')
    ?.object('systemSubstitutions')
    ?.optionalText('TAG_NAME');
  return tag !== undefined && configSource(predicate).text('ref') === `refs/tags/${tag}` ? tag : undefined;
}

/**
 * What stands around the signed provenance must not contradict it, for it is what people read.
 *
 * @throws AttestationError PROVENANCE_INVALID, SUBJECT_MISMATCH, TEXT_MISMATCH
 */
export function demandSurroundings(
  { image }: CloudBuildDocument,
  provenance: CloudBuildProvenance,
  digest: string,
): void {
  const { entry } = provenance;
  if (entry.text('kind') !== 'BUILD') throw entry.invalid('kind', `is ${entry.text('kind')}, not BUILD`);
  const resource = entry.text('resourceUri');
  if (!resource.endsWith(`@${digest}`)) throw otherImage(resource, digest);
  demandImageSummary(image, digest);
  demandText(provenance);
}

/** @throws AttestationError SUBJECT_MISMATCH */
export function demandImageSummary(image: CloudBuildDocument['image'], digest: string): void {
  if (image.digest !== digest) throw otherImage(image.digest, digest);
  if (!image.qualified.endsWith(`@${digest}`)) throw otherImage(image.qualified, digest);
}

function otherImage(actual: string, digest: string): AttestationError {
  return new AttestationError('SUBJECT_MISMATCH', `the document is about ${actual}, not about ${digest}`);
}

function demandText({ entry, signed, isVersion1 }: CloudBuildProvenance): void {
  const text = entry.required('build').object(isVersion1 ? 'inTotoSlsaProvenanceV1' : 'intotoStatement');
  const predicate = isVersion1 ? 'predicate' : 'slsaProvenance';
  const isSame =
    text !== undefined &&
    ['_type', 'predicateType', 'subject'].every((name) => equalJson(text.value(name), signed.value(name))) &&
    equalJson(text.value(predicate), signed.value('predicate'));
  if (!isSame)
    throw new AttestationError('TEXT_MISMATCH', 'the readable copy of the provenance says something else');
}
