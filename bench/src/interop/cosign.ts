import { join } from 'node:path';
import { demand, type Run, runKeelson, runProgram } from './programs.ts';
import type { Workshop } from './workshop.ts';

const password = 'interop';
/** cosign keeps a cache below HOME, and would ask its update server. */
const environment = (shop: Workshop) => ({
  COSIGN_PASSWORD: password,
  HOME: shop.folder,
  SIGSTORE_NO_CACHE: '1',
});

/** cosign 3 and keelson, each called as their users call them. */
export class CosignPair {
  readonly #program: string;
  readonly shop: Workshop;

  constructor(program: string, shop: Workshop) {
    this.#program = program;
    this.shop = shop;
  }

  cosign(...args: readonly string[]): Promise<Run> {
    return runProgram(this.#program, args, this.shop.folder, environment(this.shop));
  }

  keelson(...args: readonly string[]): Promise<Run> {
    return runKeelson(args, this.shop.folder, environment(this.shop));
  }

  /** What both need besides keys: nothing is trusted, and nothing is asked. */
  async prepare(): Promise<void> {
    demand(
      await this.cosign('signing-config', 'create', '--out', 'sc.json'),
      'zero',
      'signing-config create',
    );
    demand(await this.cosign('trusted-root', 'create', '--out', 'tr.json'), 'zero', 'trusted-root create');
    demand(
      await this.cosign('generate-key-pair', '--output-key-prefix', 'cosign'),
      'zero',
      'generate-key-pair',
    );
  }

  /** A key of a type, made by keelson. */
  async key(type: string): Promise<string> {
    demand(
      await this.keelson('sign', '--generate-key-pair', type, '--key-type', type),
      'zero',
      `keelson sign --generate-key-pair of ${type}`,
    );
    return type;
  }

  path(name: string): string {
    return join(this.shop.folder, name);
  }
}

/** Flags of cosign where no log and no trust root is meant to count. */
export const cosignFlags = Object.freeze({
  sign: ['--signing-config', 'sc.json', '--trusted-root', 'tr.json', '-y'],
  verify: ['--insecure-ignore-tlog', '--trusted-root', 'tr.json'],
  registry: ['--allow-http-registry'],
});
