import {
  type CelEnvironment,
  CelFault,
  type CelLibrary,
  CelObject,
  type CelRecord,
  type CelValue,
  createEnvironment,
} from '@keelson/cel';
import { createObject, isKeelsonError, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import type { ImageAttestation, ImageAttestor } from '@keelson/oci';
import type { AttestingAnswer, KnownImage, SigningAnswer } from '../../verifier/known-image.ts';
import { identifierOf, imageLibrary, registryOf } from './image-library.ts';

/** What expressions of one evaluation see of images, and what they have asked. */
export interface RuleImages {
  /** An image that they may ask for; undefined where it is not loaded, which is remembered. */
  readonly image: (name: string) => KnownImage | Error | undefined;
  /** Whether the policy is about an image that is asked for: the others are verified by nothing. */
  readonly isMeant: (name: string) => boolean;
  /** Which of several statements of a type a rule reads; past the last, the last. */
  readonly round: number;
  /** All answers that were given, by the image and the question. */
  readonly answers: Map<string, Map<string, SigningAnswer>>;
  /** What was verified by now, by the image and the attestation. */
  readonly payloads: Map<string, readonly JsonValue[]>;
  /** How many statements a rule could have read, where it read one. */
  mostPayloads: number;
}

/** An attestor as a value of an expression. */
class CelAttestor extends CelObject {
  readonly typeName = 'imageverify.Attestor';
  readonly name: string;
  readonly attestor: ImageAttestor;
  constructor(name: string, attestor: ImageAttestor) {
    super();
    this.name = name;
    this.attestor = attestor;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelAttestor && other.attestor === this.attestor;
  }
}

/** `attestors` of expressions; one that cannot be asked is a fault of whoever names it. */
export function attestorRecord(attestors: ReadonlyMap<string, ImageAttestor | Error>): CelRecord {
  const record: CelRecord = createObject();
  for (const [name, attestor] of attestors) {
    const value = attestor instanceof Error ? attestor : new CelAttestor(name, attestor);
    const get = (): CelValue => {
      if (value instanceof Error) throw new CelFault(value.message);
      return value;
    };
    Object.defineProperty(record, name, { get, enumerable: true });
  }
  return record;
}

/** The names and functions of expressions of an ImageValidatingPolicy. */
export class RuleEnvironment {
  readonly cel: CelEnvironment;
  readonly attestations: CelRecord = createObject();
  readonly #attestations: ReadonlyMap<string, ImageAttestation>;
  readonly #given: (kind: string, namespace: string, name: string) => JsonObject | undefined;
  #images: RuleImages | undefined;

  constructor(
    attestations: ReadonlyMap<string, ImageAttestation>,
    given: (kind: string, namespace: string, name: string) => JsonObject | undefined,
  ) {
    this.#attestations = attestations;
    this.#given = given;
    for (const name of attestations.keys()) this.attestations[name] = name;
    this.cel = createEnvironment({
      variables: {
        object: 'dyn',
        oldObject: 'dyn',
        request: 'dyn',
        namespaceObject: 'dyn',
        images: 'map(string, list(string))',
        attestors: 'map(string, dyn)',
        attestations: 'map(string, string)',
        variables: 'dyn',
      },
      libraries: [imageLibrary, this.#library()],
    });
  }

  /** All attestations of the policy. */
  get all(): readonly ImageAttestation[] {
    return [...this.#attestations.values()];
  }

  /** Evaluates with images to ask for; without, whoever asks fails. */
  with<T>(images: RuleImages, evaluate: () => T): T {
    this.#images = images;
    try {
      return evaluate();
    } finally {
      this.#images = undefined;
    }
  }

  #library(): CelLibrary {
    return {
      declarations: [
        'verifyImageSignatures(string, list(dyn)) -> int',
        'verifyAttestationSignatures(string, string, list(dyn)) -> int',
        'getImageData(string) -> dyn',
        'extractPayload(string, string) -> dyn',
        ...['resource.get', 'resource.Get'].map((name) => `${name}(string, string, string, string) -> dyn`),
      ],
      functions: {
        'resource.get': (...of) => this.#resource(of),
        'resource.Get': (...of) => this.#resource(of),
        verifyImageSignatures: (name = null, attestors = null) => {
          if (typeof name !== 'string' || !Array.isArray(attestors)) return undefined;
          return this.#count(name, attestors, 'signature', (image, attestor) => image.signedBy(attestor));
        },
        verifyAttestationSignatures: (name = null, attestation = null, attestors = null) => {
          if (typeof name !== 'string' || typeof attestation !== 'string' || !Array.isArray(attestors))
            return undefined;
          const wanted = this.#attestation(attestation);
          return this.#count(name, attestors, `attestation ${attestation}`, (image, attestor) => {
            const answer = image.attestedBy(wanted, attestor);
            if (answer.isMet) this.#remember(name, attestation, answer);
            return answer;
          });
        },
        getImageData: (name = null) =>
          typeof name === 'string' ? dataOf(name, this.#image(name)) : undefined,
        extractPayload: (name = null, attestation = null) => {
          if (typeof name !== 'string' || typeof attestation !== 'string') return undefined;
          return this.#payload(name, attestation);
        },
      },
    };
  }

  /** An object of the policy's files stands for that of the cluster. */
  #resource([version, kind, namespace, name]: readonly CelValue[]): CelValue | undefined {
    if (typeof kind !== 'string' || typeof namespace !== 'string' || typeof name !== 'string')
      return undefined;
    const found = version === 'v1' ? this.#given(kind, namespace, name) : undefined;
    if (found === undefined) throw new CelFault(`${kind} ${namespace}/${name} was not given`);
    return celValue(found);
  }

  #count(
    name: string,
    attestors: readonly CelValue[],
    what: string,
    ask: (image: KnownImage, attestor: ImageAttestor) => SigningAnswer,
  ): number {
    const { isMeant, answers } = this.#current();
    if (!isMeant(name)) return 0;
    const image = this.#image(name);
    let count = 0;
    for (const each of attestors) {
      if (!(each instanceof CelAttestor)) throw new CelFault('the list holds what is no attestor');
      const answer = ask(image, each.attestor);
      const known = answers.get(name) ?? new Map<string, SigningAnswer>();
      answers.set(name, known.set(`${what} by attestor ${each.name}`, answer));
      if (answer.isMet) count++;
    }
    return count;
  }

  #remember(name: string, attestation: string, { payloads }: AttestingAnswer): void {
    const { payloads: known } = this.#current();
    const key = JSON.stringify([name, attestation]);
    known.set(key, [...new Set([...(known.get(key) ?? []), ...payloads])]);
  }

  /** What an attestation says whose signature was verified before in the same evaluation, and no other. */
  #payload(name: string, attestation: string): CelValue {
    this.#attestation(attestation);
    const current = this.#current();
    const found = current.payloads.get(JSON.stringify([name, attestation])) ?? [];
    const payload = found[Math.min(current.round, found.length - 1)];
    if (payload === undefined)
      throw new CelFault(`the signature of ${attestation} was not verified before its payload is read`);
    current.mostPayloads = Math.max(current.mostPayloads, found.length);
    return celValue(payload);
  }

  #attestation(name: string): ImageAttestation {
    const found = this.#attestations.get(name);
    if (found === undefined) throw new CelFault(`the policy has no attestation ${name}`);
    return found;
  }

  #current(): RuleImages {
    if (this.#images === undefined) throw new CelFault('images cannot be asked for here');
    return this.#images;
  }

  #image(name: string): KnownImage {
    const found = this.#current().image(name);
    if (found === undefined) throw new CelFault(`the image ${name} is not loaded yet`);
    if (found instanceof Error) throw new CelFault(found.message);
    return found;
  }
}

/** JSON as expressions see it. */
export function celValue(value: JsonValue): CelValue {
  return value;
}

function dataOf(name: string, image: KnownImage): CelValue {
  try {
    const { manifest, config, index } = image.data();
    const reference = image.name;
    const { digest } = image;
    const about: [string, JsonValue][] = [['image', name]];
    if (reference !== undefined) {
      const { tag, repository } = reference;
      const shownTag = reference.digest === undefined ? (tag ?? 'latest') : '';
      const registry = registryOf(reference);
      about.push(
        ['resolvedImage', `${registry}/${repository}${shownTag === '' ? '' : `:${shownTag}`}@${digest}`],
        ['registry', registry],
        ['repository', repository],
        ['identifier', identifierOf(reference)],
      );
      if (shownTag !== '') about.push(['tag', shownTag]);
    }
    return celValue(
      objectOf([
        ...about,
        ['digest', digest],
        ...(index === undefined ? [] : ([['imageIndex', index]] as const)),
        ['manifest', manifest],
        ['config', config],
      ]),
    );
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    throw new CelFault(error.message);
  }
}
