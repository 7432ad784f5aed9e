import { type BuiltinHost, nodeCryptography } from '@keelson/rego';
import { version } from '../version.ts';

/**
 * The world that policies see from the command line: the clock, chance and cryptography. There is no network, and
 * `opa.runtime` shows the version alone, no variables of the environment.
 */
export class CommandHost implements BuiltinHost {
  #crypto: BuiltinHost['crypto'];

  now = (): bigint => BigInt(Date.now()) * 1_000_000n;

  randomBytes = (length: number): Uint8Array => globalThis.crypto.getRandomValues(new Uint8Array(length));

  runtime = (): { version: string } => ({ version });

  /** Loaded when a policy first asks for it. */
  get crypto(): NonNullable<BuiltinHost['crypto']> {
    this.#crypto ??= nodeCryptography();
    if (this.#crypto === undefined) throw new Error('this Node has no cryptography');
    return this.#crypto;
  }
}
