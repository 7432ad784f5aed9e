import { type PublicKey, publicKeyOfKeyObject, type SignatureScheme, type Signer } from '@keelson/pki';
import { readPrivateKey, signerOfKey } from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { faultIn } from './input.ts';
import { isInService, keyText, serviceKey } from './key-source.ts';

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
  const text = keyText(source);
  try {
    const key = await readPrivateKey(text, passwordOf);
    return signerOfKey(key, (schemeOf ?? schemeOfFiles)(publicKeyOfKeyObject(key)));
  } catch (error) {
    throw faultIn(source, error);
  }
}

/** cosign takes SHA-256 for keys in files, whatever their curve. */
function schemeOfFiles({ type }: PublicKey): SignatureScheme | undefined {
  return type === 'ec' ? 'ecdsa-sha256' : undefined;
}

/** @throws CommandError USAGE where no password was given */
export function passwordOf(): Uint8Array {
  const password = process.env['COSIGN_PASSWORD'];
  if (password === undefined)
    throw new CommandError('USAGE', 'the key needs a password: set COSIGN_PASSWORD (it may be empty)');
  return Buffer.from(password);
}
