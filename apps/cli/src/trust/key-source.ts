import { type PublicKey, publicKeyFromPem } from '@keelson/pki';
import { CommandError } from '../errors.ts';
import { faultIn, readInput } from './input.ts';

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

/** The public key of a file, of a variable (`env://NAME`), or of a key in a key service. @throws CommandError USAGE; PkiError; KmsError, HttpError */
export async function publicKeyOfSource(source: string): Promise<PublicKey> {
  if (isInService(source)) return (await serviceKey(source)).publicKey;
  const text = keyText(source);
  try {
    return publicKeyFromPem(text);
  } catch (error) {
    throw faultIn(source, error);
  }
}

/** The clients of key services are loaded where a key is in one. */
export async function serviceKey(source: string) {
  const { openKey } = await import('@keelson/kms');
  return await openKey(source);
}

/** The text of a key in a file or in a variable. @throws CommandError USAGE */
export function keyText(source: string): string {
  if (!source.startsWith(variable)) return readInput(source).toString('utf8');
  const name = source.slice(variable.length);
  const text = process.env[name];
  if (name === '') throw new CommandError('USAGE', `--key ${variable} names no variable`);
  if (text === undefined || text === '')
    throw new CommandError(
      'USAGE',
      `--key ${source}: the variable ${name} is ${text === '' ? 'empty' : 'not set'}`,
    );
  return text;
}
