import { isKeelsonError, type JsonValue } from '@keelson/core';
import type {
  AttestationAnswer,
  AttestorAnswer,
  Digest,
  ImageAttestation,
  ImageAttestor,
  ImageData,
  RegistryReference,
  VerifiableImage,
} from '@keelson/oci';
import type { RefusedSignature } from '@keelson/signing';
import { sigstoreDemand } from '../attestors/attestor-demand.ts';
import { ImagePolicyError } from '../errors.ts';
import type { ImageEvidence, ImageToJudge } from '../model/evidence.ts';
import { judgeSigstore } from '../model/sigstore-demand.ts';
import type { AcceptedSignature, Judged } from '../model/verdict.ts';
import { payloadJson } from '../payload.ts';
import { registryReference } from '../reference.ts';
import type { PolicySurroundings } from '../surroundings.ts';

/** An answer with all that it rests on. */
export interface SigningAnswer extends AttestorAnswer {
  readonly accepted: readonly AcceptedSignature[];
  readonly refused: readonly RefusedSignature[];
  /** Why it is not met, besides what is wrong with each signature. */
  readonly fault?: Error;
}

export type AttestingAnswer = SigningAnswer & AttestationAnswer;

/** What was answered while the image was loaded, since it takes time: all about the Notary Project. */
export interface PreparedAnswers {
  readonly signed: ReadonlyMap<ImageAttestor, SigningAnswer>;
  /** By the type of the artifact. */
  readonly artifacts: ReadonlyMap<string, ReadonlyMap<ImageAttestor, AttestingAnswer>>;
}

/** An image that was loaded: it answers from what is known. */
export class KnownImage implements VerifiableImage {
  readonly reference: string;
  readonly name?: RegistryReference;
  readonly #evidence: ImageEvidence;
  readonly #data: ImageData | Error;
  readonly #prepared: PreparedAnswers;
  readonly #surroundings: PolicySurroundings;
  /** By the predicate type of the attestation; undefined is the signature of the image. */
  readonly #answers = new Map<ImageAttestor, Map<string | undefined, AttestingAnswer>>();

  constructor(
    reference: string,
    evidence: ImageEvidence,
    data: ImageData | Error,
    prepared: PreparedAnswers,
    surroundings: PolicySurroundings,
  ) {
    this.reference = reference;
    const name = registryReference(reference);
    if (name !== undefined) this.name = name;
    this.#evidence = evidence;
    this.#data = data;
    this.#prepared = prepared;
    this.#surroundings = surroundings;
  }

  get digest(): Digest {
    return this.#evidence.descriptor.digest;
  }

  data(): ImageData {
    if (this.#data instanceof Error) throw this.#data;
    return this.#data;
  }

  signedBy(attestor: ImageAttestor): SigningAnswer {
    if (attestor.kind === 'notary') return this.#prepared.signed.get(attestor) ?? notAsked;
    return this.#ask(attestor, undefined);
  }

  attestedBy(attestation: ImageAttestation, attestor: ImageAttestor): AttestingAnswer {
    if (attestation.kind === 'artifact') {
      const found = this.#prepared.artifacts.get(attestation.artifactType)?.get(attestor);
      return found ?? (attestor.kind === 'notary' ? notAsked : notOfKind('artifacts that refer to an image'));
    }
    if (attestor.kind === 'notary') return notOfKind('in-toto statements');
    return this.#ask(attestor, attestation.predicateType);
  }

  #ask(
    attestor: Exclude<ImageAttestor, { kind: 'notary' }>,
    predicateType: string | undefined,
  ): AttestingAnswer {
    const known = this.#answers.get(attestor) ?? new Map<string | undefined, AttestingAnswer>();
    this.#answers.set(attestor, known);
    const answer = known.get(predicateType) ?? this.#judge(attestor, predicateType);
    known.set(predicateType, answer);
    return answer;
  }

  #judge(
    attestor: Exclude<ImageAttestor, { kind: 'notary' }>,
    predicateType: string | undefined,
  ): AttestingAnswer {
    const attestations = predicateType === undefined ? [] : [{ name: predicateType, predicateType }];
    const image: ImageToJudge = { name: this.reference, evidence: this.#evidence };
    try {
      const demand = sigstoreDemand(
        attestor,
        attestations,
        this.#surroundings,
        `the attestor of kind ${attestor.kind}`,
      );
      return answerOf(judgeSigstore(image, demand));
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      return faulty(error);
    }
  }
}

/** A verdict as an answer, with the statements that were accepted. */
export function answerOf(judged: Partial<Judged>): AttestingAnswer {
  const { isPassed = false, accepted = [], refused = [], fault } = judged;
  const payloads: JsonValue[] = [];
  for (const each of accepted) {
    const payload = each.kind === 'sigstore' ? each.signature.verified.payload : undefined;
    if (payload !== undefined) payloads.push(payloadJson(payload));
  }
  const faults = [...(fault === undefined ? [] : [fault]), ...refused.map((each) => each.fault)];
  return { isMet: isPassed, accepted, refused, faults, payloads, ...(fault === undefined ? {} : { fault }) };
}

export function faulty(fault: Error): AttestingAnswer {
  return { isMet: false, accepted: [], refused: [], fault, faults: [fault], payloads: [] };
}

const unsupported = (message: string) => faulty(new ImagePolicyError('IMAGE_POLICY_UNSUPPORTED', message));
const notAsked = unsupported('the attestor was not named when the image was loaded');
const notOfKind = (what: string) => unsupported(`attestors of this kind do not sign ${what}`);
