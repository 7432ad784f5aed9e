import { isObject, JsonSyntaxError, type JsonValue, parseJsonBytes } from '@keelson/core';
import {
  type AskedOfImages,
  type CheckedReferrer,
  type Digest,
  type ImageAttestor,
  type ImageData,
  type ImageSource,
  type ImageVerifier,
  imageFor,
  type LoadedManifest,
  OciError,
  readBlob,
} from '@keelson/oci';
import { defaultSigningLimits, notarySignatures } from '@keelson/signing';
import { notationDemand } from '../attestors/attestor-demand.ts';
import { ImagePolicyError } from '../errors.ts';
import { keelsonError } from '../faults.ts';
import { judgeNotation } from '../model/demands.ts';
import { type ImageEvidence, type ImageToJudge, loadEvidence, notaryEvidence } from '../model/evidence.ts';
import type { PolicySurroundings } from '../surroundings.ts';
import { type AttestingAnswer, answerOf, faulty, KnownImage, type SigningAnswer } from './known-image.ts';

/** An image in its opened source, which is read while it is open. */
export interface OpenedImage {
  readonly source: ImageSource;
  readonly loaded: LoadedManifest;
  /** Registry and repository in full; the place of a local image. */
  readonly repository: string;
}

/** Opens an image by its name, gives it to `use`, and closes it. @throws KeelsonError */
export type ImageOpener = <T>(reference: string, use: (image: OpenedImage) => Promise<T>) => Promise<T>;

/** Bytes of a configuration, or of an artifact that a rule reads. */
const maxDocumentBytes = 16 << 20;
/** Artifacts of one type beside an image that are looked at. */
const maxArtifacts = 50;

type NotaryAttestor = Extract<ImageAttestor, { kind: 'notary' }>;

/** The images that policies judge and ask for, each read once. */
export class PolicyImages implements ImageVerifier {
  readonly #open: ImageOpener;
  readonly #surroundings: PolicySurroundings;
  readonly #evidence = new Map<string, Promise<ImageEvidence>>();
  readonly #loaded = new Map<string, Map<AskedOfImages, Promise<KnownImage>>>();

  /** @param surroundings what is trusted, and at which time */
  constructor(open: ImageOpener, surroundings: PolicySurroundings) {
    this.#open = open;
    this.#surroundings = surroundings;
  }

  /** An image and the signatures beside it. @throws KeelsonError */
  evidence(reference: string): Promise<ImageEvidence> {
    const known =
      this.#evidence.get(reference) ??
      this.#open(reference, ({ source, loaded, repository }) => loadEvidence(source, loaded, repository));
    this.#evidence.set(reference, known);
    return known.then((evidence) => ({ ...evidence, nested: (digest) => this.#nested(reference, digest) }));
  }

  #nested(reference: string, digest: Digest): Promise<ImageEvidence> {
    return this.#open(reference, async ({ source, repository }) =>
      loadEvidence(source, await source.resolve(digest), repository),
    );
  }

  load(reference: string, asked: AskedOfImages): Promise<KnownImage> {
    const known = this.#loaded.get(reference) ?? new Map<AskedOfImages, Promise<KnownImage>>();
    this.#loaded.set(reference, known);
    const image = known.get(asked) ?? this.#load(reference, asked);
    known.set(asked, image);
    return image;
  }

  async #load(reference: string, asked: AskedOfImages): Promise<KnownImage> {
    const evidence = await this.evidence(reference);
    const notaries = asked.attestors.filter((each) => each.kind === 'notary');
    const signed = new Map<ImageAttestor, SigningAnswer>();
    for (const attestor of notaries)
      signed.set(attestor, await this.#verified({ name: reference, evidence }, attestor));
    const types = new Set(
      asked.attestations.flatMap((each) => (each.kind === 'artifact' ? [each.artifactType] : [])),
    );
    // A tag may mean another image by now: what was resolved first is the one.
    const { digest } = evidence.descriptor;
    return await this.#open(reference, async ({ source, repository }) => {
      const data = await dataOf(source, await source.manifest(evidence.descriptor)).catch(keelsonError);
      const artifacts = new Map<string, Map<ImageAttestor, AttestingAnswer>>();
      for (const type of types) {
        const found = evidence.stored.others.filter(
          ({ artifactType, manifest }) => artifactType === type && manifest.subject?.digest === digest,
        );
        artifacts.set(type, await this.#attested(source, repository, found, type, notaries));
      }
      return new KnownImage(reference, evidence, data, { signed, artifacts }, this.#surroundings);
    });
  }

  async #verified(image: ImageToJudge, attestor: NotaryAttestor): Promise<SigningAnswer> {
    try {
      const demand = notationDemand(attestor, this.#surroundings, 'the attestor of the Notary Project');
      return answerOf(await judgeNotation(image, demand));
    } catch (error) {
      return faulty(keelsonError(error));
    }
  }

  /** What each attestor has signed of the artifacts of a type. */
  async #attested(
    source: ImageSource,
    repository: string,
    artifacts: readonly CheckedReferrer[],
    type: string,
    attestors: readonly NotaryAttestor[],
  ): Promise<Map<ImageAttestor, AttestingAnswer>> {
    const answers = new Map<ImageAttestor, AttestingAnswer>();
    for (const attestor of attestors) {
      const found: AttestingAnswer[] = [];
      // Which of too many would be looked at is for whoever writes to the registry to choose, so none of them counts.
      if (artifacts.length === 0) found.push(none(`no artifact of type ${type} refers to the image`));
      else if (artifacts.length > maxArtifacts)
        found.push(none(`more than maxArtifacts (${maxArtifacts}) of type ${type} refer to the image`));
      else
        for (const artifact of artifacts)
          found.push(await this.#attestedOne(source, repository, artifact, attestor));
      answers.set(attestor, together(found));
    }
    return answers;
  }

  async #attestedOne(
    source: ImageSource,
    repository: string,
    artifact: CheckedReferrer,
    attestor: NotaryAttestor,
  ): Promise<AttestingAnswer> {
    try {
      const evidence = await artifactEvidence(source, repository, artifact);
      const answer = await this.#verified({ name: artifact.digest, evidence }, attestor);
      return { ...answer, payloads: answer.isMet ? [await contentOf(source, artifact)] : [] };
    } catch (error) {
      return faulty(keelsonError(error));
    }
  }
}

const none = (reason: string) => faulty(new ImagePolicyError('IMAGE_POLICY_REFUSED', reason));

/** One answer of those about several artifacts: one that is signed is enough. */
function together(answers: readonly AttestingAnswer[]): AttestingAnswer {
  const isMet = answers.some((each) => each.isMet);
  const fault = isMet ? undefined : answers.find((each) => each.fault !== undefined)?.fault;
  return {
    isMet,
    accepted: answers.flatMap(({ accepted }) => accepted),
    refused: answers.flatMap(({ refused }) => refused),
    faults: answers.flatMap(({ faults }) => faults),
    payloads: answers.flatMap(({ payloads }) => payloads),
    ...(fault === undefined ? {} : { fault }),
  };
}

/** An artifact with the signatures that refer to it. */
async function artifactEvidence(
  source: ImageSource,
  repository: string,
  { mediaType, digest, size }: CheckedReferrer,
): Promise<ImageEvidence> {
  const signatures = await notarySignatures(source, digest, defaultSigningLimits);
  return {
    descriptor: { mediaType, digest, size },
    repository,
    stored: { found: [], unreadable: [], others: [] },
    notary: await notaryEvidence(source, signatures),
  };
}

/** The JSON that an artifact is: its one layer. */
async function contentOf(source: ImageSource, { manifest, digest }: CheckedReferrer): Promise<JsonValue> {
  const [layer, ...others] = manifest.kind === 'manifest' ? manifest.layers : [];
  if (layer === undefined || others.length > 0)
    throw new OciError('MANIFEST_INVALID', `the artifact ${digest} does not have exactly one layer`);
  return jsonOf(await readBlob(source, layer, maxDocumentBytes), `the artifact ${digest}`);
}

async function dataOf(source: ImageSource, loaded: LoadedManifest): Promise<ImageData> {
  const image = await imageFor(source, loaded, { os: 'linux', architecture: 'amd64' });
  const { config, kind } = image.manifest;
  if (kind !== 'manifest') throw new OciError('MANIFEST_INVALID', `${loaded.digest} is no image`);
  const [manifest, configuration] = [
    jsonOf(image.bytes, `the manifest ${image.digest}`),
    jsonOf(await readBlob(source, config, maxDocumentBytes), `the configuration ${config.digest}`),
  ];
  const index =
    loaded.digest === image.digest ? undefined : jsonOf(loaded.bytes, `the index ${loaded.digest}`);
  if (!isObject(manifest) || !isObject(configuration) || (index !== undefined && !isObject(index)))
    throw new OciError('MANIFEST_INVALID', `${loaded.digest} is made of what is no object`);
  return { manifest, config: configuration, ...(index === undefined ? {} : { index }) };
}

function jsonOf(bytes: Uint8Array, what: string): JsonValue {
  try {
    return parseJsonBytes(bytes);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new OciError('MANIFEST_INVALID', `${what} is no JSON: ${error.message}`, { cause: error });
  }
}
