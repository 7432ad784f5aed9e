import {
  type PublicKey,
  publicKeyFromPem,
  publicKeyOfKeyObject,
  type SignatureScheme,
  type Signer,
} from '@keelson/pki';
import { readPrivateKey, signerOfKey } from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { readInput } from './input.ts';

/** Texts that name no file, as cosign tells them apart. */
const reference = /^(?:[a-z][a-z0-9]*:\/\/|pkcs11:)/;
const variable = 'env://';

/** Whether a key is in a service, which has to be asked for it. */
export function isInService(source: string): boolean {
  return reference.test(source) && !source.startsWith(variable);
}

/** @throws CommandError USAGE for a key in a service where the network may not be asked */
export function demandReachable(source: string, offline: boolean | undefined): void {
  if (offline === true && isInService(source))
    throw new CommandError(
      'USAGE',
      `--offline and --key ${source} do not go together: the service would be asked; give a key in a file`,
    );
}

/**
 * Signs with the key of a file, of a variable (`env://NAME`), or in a key service.
 *
 * @param schemeOf by what the key signs, where that is not its own choice
 * @throws CommandError USAGE; SigningError, PkiError; KmsError, HttpError
 */
export async function signerOfSource(
  source: string,
  schemeOf?: (key: PublicKey) => SignatureScheme,
): Promise<Signer> {
  if (isInService(source)) {
    const key = await serviceKey(source);
    return key.signer(schemeOf?.(key.publicKey));
  }
  const key = await readPrivateKey(textOf(source), passwordOf);
  return signerOfKey(key, (schemeOf ?? schemeOfFiles)(publicKeyOfKeyObject(key)));
}

/** cosign takes SHA-256 for keys in files, whatever their curve. */
function schemeOfFiles({ type }: PublicKey): SignatureScheme | undefined {
  return type === 'ec' ? 'ecdsa-sha256' : undefined;
}

/** The public key of a file, of a variable, or of a key in a key service. @throws as `signerOfSource` */
export async function publicKeyOfSource(source: string): Promise<PublicKey> {
  return isInService(source) ? (await serviceKey(source)).publicKey : publicKeyFromPem(textOf(source));
}

/** The clients of key services are loaded where a key is in one. */
async function serviceKey(source: string) {
  const { openKey } = await import('@keelson/kms');
  return await openKey(source);
}

function textOf(source: string): string {
  if (!source.startsWith(variable)) return readInput(source).toString('utf8');
  const name = source.slice(variable.length);
  const text = process.env[name];
  if (name === '' || text === undefined || text === '')
    throw new CommandError('USAGE', `--key ${variable}NAME: there is no such variable, or it is empty`);
  return text;
}

/** @throws CommandError USAGE where no password was given */
export function passwordOf(): Uint8Array {
  const password = process.env['COSIGN_PASSWORD'];
  if (password === undefined)
    throw new CommandError('USAGE', 'the key needs a password: set COSIGN_PASSWORD (it may be empty)');
  return Buffer.from(password);
}
