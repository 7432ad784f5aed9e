import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { sign } from '@keelson/pki';
import { newKey } from './authority.ts';
import { base64, publicHalf, sha256 } from './keys.ts';
import { MerkleTree } from './merkle-tree.ts';

export type LogKeyType = 'ed25519' | 'ecdsa-p256';

/** Entries of others, so that a proof has hashes. */
const others = 5;

export interface LoggedEntry {
  readonly index: number;
  readonly body: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note about the tree. */
  readonly checkpoint: string;
}

/** What the logs of both Rekors have: a tree, a key, and checkpoints (C2SP tlog-checkpoint). */
export class TransparencyLog {
  readonly #key: KeyObject;
  readonly #type: LogKeyType;
  readonly #name: string;
  readonly #origin: string;
  readonly #tree = new MerkleTree();

  /**
   * @param name of the key in signed notes
   * @param origin of the tree in checkpoints
   */
  constructor(type: LogKeyType, name: string, origin = name) {
    this.#type = type;
    this.#name = name;
    this.#origin = origin;
    this.#key = type === 'ed25519' ? generateKeyPairSync('ed25519').privateKey : newKey();
    for (let at = 0; at < others; at++) this.#tree.append(Buffer.from(`entry ${at}`));
  }

  get spki(): Uint8Array {
    return publicHalf(this.#key).spki;
  }

  get keyDetails(): string {
    return this.#type === 'ed25519' ? 'PKIX_ED25519' : 'PKIX_ECDSA_P256_SHA_256';
  }

  /** By which entries and notes name the key: of Ed25519 with its name in it, of ECDSA the key alone. */
  get id(): Uint8Array {
    const { spki, keyBytes } = publicHalf(this.#key);
    if (this.#type !== 'ed25519') return sha256(spki);
    return sha256(Buffer.concat([Buffer.from(`${this.#name}\n`), Uint8Array.of(1), keyBytes]));
  }

  sign(bytes: Uint8Array): Uint8Array {
    return sign(this.#key, this.#type === 'ed25519' ? 'ed25519' : 'ecdsa-sha256', bytes);
  }

  append(body: Uint8Array): LoggedEntry {
    const index = this.#tree.append(body);
    const { root, size } = this.#tree;
    const text = `${this.#origin}\n${size}\n${base64(root)}\n`;
    const signature = Buffer.concat([this.id.subarray(0, 4), this.sign(Buffer.from(text))]);
    const checkpoint = `${text}\n— ${this.#name} ${base64(signature)}\n`;
    return { index, body, hashes: this.#tree.path(index), size, root, checkpoint };
  }
}
