import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import {
  HttpClient,
  type HttpOptions,
  metadataClient,
  Secrets,
  systemTiming,
  type Timing,
} from '@keelson/http';
import { KmsError } from './errors.ts';
import { kmsLimits, serviceHttpLimits } from './limits.ts';

/** Where credentials are looked for, and how services are asked; the process's own where it is not given. */
export interface KeyServiceOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The folder of the user. */
  readonly home?: string;
  /** The bytes of a file; undefined where there is none of that name. */
  readonly readFile?: (path: string) => Uint8Array | undefined;
  readonly http?: Pick<HttpOptions, 'fetch' | 'timing'>;
}

/** What stands around a key: the environment, files, the clock, the network, and the secrets that were met. */
export class Surroundings {
  readonly home: string;
  readonly secrets = new Secrets();
  /** For services: https, and http to this machine only. */
  readonly service: HttpClient;
  /** For the service of a cloud's own host. */
  readonly metadata: HttpClient;
  readonly timing: Timing;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #readFile: (path: string) => Uint8Array | undefined;

  constructor(options: KeyServiceOptions) {
    const { http = {} } = options;
    this.home = options.home ?? homedir();
    this.timing = http.timing ?? systemTiming;
    this.service = new HttpClient({ ...http, limits: serviceHttpLimits });
    this.metadata = metadataClient(http);
    this.#environment = options.environment ?? process.env;
    this.#readFile = options.readFile ?? readSmallFile;
  }

  /** The first of the variables that is set and not empty. */
  variable(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const text = this.#environment[name];
      if (text !== undefined && text !== '') return text;
    }
    return undefined;
  }

  /** A variable that is secret: no message shows it from now on. */
  secretVariable(...names: readonly string[]): string | undefined {
    const text = this.variable(...names);
    return text === undefined ? undefined : this.secrets.keep(text);
  }

  /** The text of a file; undefined where there is none. @throws KmsError KMS_CREDENTIALS_MISSING */
  optionalFile(path: string): string | undefined {
    try {
      const bytes = this.#readFile(path);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
    } catch (cause) {
      throw new KmsError('KMS_CREDENTIALS_MISSING', `${path} cannot be read`, { cause });
    }
  }

  /** The same for a file that was named. @throws KmsError KMS_CREDENTIALS_MISSING also where there is none */
  file(path: string, namedBy: string): string {
    const text = this.optionalFile(path);
    if (text === undefined)
      throw new KmsError('KMS_CREDENTIALS_MISSING', `${path}, which ${namedBy} names, is not there`);
    return text;
  }

  /** A token in a file: no message shows it. */
  tokenFile(path: string, namedBy: string): string {
    const token = this.file(path, namedBy).trim();
    if (token === '')
      throw new KmsError('KMS_CREDENTIALS_MISSING', `${path}, which ${namedBy} names, holds no token`);
    return this.secrets.keep(token);
  }
}

function readSmallFile(path: string): Uint8Array | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isFile() || stat.size > kmsLimits.maxFileBytes)
    throw new Error(`it is no file of at most maxFileBytes (${kmsLimits.maxFileBytes}) bytes`);
  return readFileSync(path);
}
