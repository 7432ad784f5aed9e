import { readCertificates } from '@keelson/pki';
import { readPrivateKey, type SignOptions, signerOfKey } from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { readInput } from './input.ts';

/** Flags that say with what is signed, named as cosign's. */
export const keyFlags = {
  key: { type: 'string', value: 'file' },
  certificate: { type: 'string', value: 'file' },
  'certificate-chain': { type: 'string', value: 'file' },
} as const;

export const keyHelp = `  --key FILE           the private key, in PEM: cosign's encrypted form (the password is in COSIGN_PASSWORD), PKCS #8, SEC 1 or PKCS #1
  --certificate FILE   the key's certificate, in PEM, of an authority of your own
  --certificate-chain FILE
                       who issued the certificate, without the root`;

type KeyValues = { readonly [Name in keyof typeof keyFlags]?: string | undefined };

/**
 * With what is signed.
 *
 * @throws CommandError USAGE; SigningError PRIVATE_KEY_INVALID, PRIVATE_KEY_PASSWORD_WRONG; PkiError
 */
export async function signOptionsOf(values: KeyValues): Promise<SignOptions> {
  if (values.key === undefined) throw new CommandError('USAGE', 'with what is it signed? Give --key FILE');
  const key = await readPrivateKey(readInput(values.key).toString('utf8'), passwordOf);
  // cosign takes SHA-256 for keys in files, whatever their curve.
  const signer = key.asymmetricKeyType === 'ec' ? signerOfKey(key, 'ecdsa-sha256') : signerOfKey(key);
  const files = [values.certificate, values['certificate-chain']];
  if (files[0] === undefined && files[1] !== undefined)
    throw new CommandError('USAGE', '--certificate-chain goes with --certificate');
  const certificates = files.flatMap((file) => (file === undefined ? [] : readCertificates(readInput(file))));
  const [leaf] = certificates;
  if (leaf !== undefined && Buffer.compare(leaf.publicKey.spki, signer.publicKey.spki) !== 0)
    throw new CommandError('USAGE', 'the certificate is not of the key');
  return { signer, certificates: certificates.map(({ bytes }) => bytes) };
}

/** @throws CommandError USAGE where no password was given */
export function passwordOf(): Uint8Array {
  const password = process.env['COSIGN_PASSWORD'];
  if (password === undefined)
    throw new CommandError('USAGE', 'the key needs a password: set COSIGN_PASSWORD (it may be empty)');
  return Buffer.from(password);
}
