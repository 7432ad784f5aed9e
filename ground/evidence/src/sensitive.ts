import { createObject, isObject, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { crypto } from './crypto.ts';
import { evidenceError } from './error.ts';

/**
 * Key of the digests that stand for sensitive values. With one key, equal values can be told to be equal; without
 * it, a short value cannot be guessed from its digest.
 */
export class SensitiveKey {
  #bytes: Uint8Array | undefined;

  /** At least 16 bytes; throws `EVIDENCE_KEY` for fewer. Without bytes the key is random, made when first used. */
  constructor(bytes?: Uint8Array) {
    if (bytes !== undefined && bytes.length < 16)
      throw evidenceError('EVIDENCE_KEY', 'a key has at least 16 bytes');
    this.#bytes = bytes === undefined ? undefined : Uint8Array.from(bytes);
  }

  /** What is shown for a value: `[redacted hmac-sha256:<16 hex digits>]`. */
  digest(value: string | Uint8Array): string {
    this.#bytes ??= crypto().randomBytes(32);
    const hex = crypto().createHmac('sha256', this.#bytes).update(value).digest('hex');
    return `[redacted hmac-sha256:${hex.slice(0, 16)}]`;
  }

  toJSON(): string {
    return '[key]';
  }
}

const nodeInspect = Symbol.for('nodejs.util.inspect.custom');

/** A value that must not be shown: as text, as JSON and in logs it is its keyed digest. */
export class Sensitive {
  readonly #value: string;
  readonly #digest: string;

  constructor(value: string, key: SensitiveKey) {
    this.#value = value;
    this.#digest = key.digest(value);
  }

  /** The value itself, for those who must compare or send it. Never into an output. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return this.#digest;
  }

  toJSON(): string {
    return this.#digest;
  }

  [Symbol.toPrimitive](): string {
    return this.#digest;
  }

  [nodeInspect](): string {
    return this.#digest;
  }
}

/** What `kubectl apply` keeps of the whole object, Secret data too. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A Secret with the values of `data` and `stringData`, and the copy that kubectl keeps in an annotation, replaced
 * by digests. `data` and `stringData` of one value have one digest: base64 is read first. Other kinds are given
 * back as they are.
 */
export function redactSecretObject(object: JsonObject, key: SensitiveKey): JsonObject {
  if (object['kind'] !== 'Secret') return object;
  const out = objectOf(Object.entries(object));
  redactField(out, 'data', (text) => key.digest(Buffer.from(text, 'base64')));
  redactField(out, 'stringData', (text) => key.digest(text));
  const metadata = out['metadata'];
  const annotations = isObject(metadata) ? metadata['annotations'] : undefined;
  if (isObject(metadata) && isObject(annotations) && Object.hasOwn(annotations, lastApplied)) {
    const kept = objectOf(Object.entries(annotations));
    kept[lastApplied] = redactValue(annotations[lastApplied] ?? null, (text) => key.digest(text));
    const redacted = objectOf(Object.entries(metadata));
    redacted['annotations'] = kept;
    out['metadata'] = redacted;
  }
  return out;
}

function redactField(object: JsonObject, field: string, digest: (text: string) => string): void {
  const value = object[field];
  if (value === undefined || value === null) return;
  object[field] = redactValue(value, digest);
}

/** Every scalar of a value by its digest; keys stay, since they are names. */
function redactValue(value: JsonValue, digest: (text: string) => string): JsonValue {
  if (Array.isArray(value)) return value.map((item) => redactValue(item, digest));
  if (!isObject(value)) return value === null ? null : digest(String(value));
  const out = createObject();
  for (const key of Object.keys(value)) out[key] = redactValue(value[key] ?? null, digest);
  return out;
}
