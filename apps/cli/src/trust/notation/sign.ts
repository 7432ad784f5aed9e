import { readCertificates } from '@keelson/pki';
import {
  algorithmOfKey,
  type NotaryFormat,
  type NotarySignature,
  notaryScheme,
  signNotation,
  storeNotarySignature,
} from '@keelson/signing';
import { CommandError } from '../../errors.ts';
import { choiceOf } from '../../flag-values.ts';
import { version } from '../../version.ts';
import { annotationsOf } from '../annotations.ts';
import { durationOf } from '../duration.ts';
import { type OpenedStore, withImageStore } from '../image.ts';
import type { ImageValues } from '../image-flags.ts';
import { readFrom } from '../input.ts';
import { demandReachable } from '../key-source.ts';
import { digestOfInput } from '../large-input.ts';
import { signerOfSource } from '../signing-key.ts';

const formats = ['jws', 'cose'] as const satisfies readonly NotaryFormat[];

/** Flags of `keelson sign --with notation`. */
export const notationSignFlags = {
  'signature-format': { type: 'string', value: { choices: formats } },
  expiry: { type: 'string', value: 'text' },
  'user-metadata': { type: 'string', multiple: true, value: 'text' },
  signature: { type: 'string', value: 'file' },
} as const;

export const notationSignHelp = `  --signature-format FORMAT
                       with notation: jws (default) or cose
  --expiry DURATION    with notation: until when the signature counts, as 1h30m, 720h or 30d
  --user-metadata NAME=VALUE
                       with notation: what is said of the artifact; may be given more than once
  --signature FILE     with notation: where the signature of ARTIFACT is written`;

export interface NotationSignValues extends ImageValues {
  readonly key?: string | undefined;
  readonly certificate?: string | undefined;
  readonly 'certificate-chain'?: string | undefined;
  readonly 'signature-format'?: string | undefined;
  readonly expiry?: string | undefined;
  readonly 'user-metadata'?: readonly string[] | undefined;
  readonly signature?: string | undefined;
}

/** Signs as notation does, and gives the digest of what was signed. The signature of a file is given to `write`. */
export async function signWithNotation(
  operand: string,
  values: NotationSignValues,
  write: (file: string, signature: NotarySignature) => void,
): Promise<string> {
  if (values.key === undefined || values.certificate === undefined)
    throw new CommandError(
      'USAGE',
      'notation signs with a certificate: give --key and --certificate, whose chain ends in the root',
    );
  demandReachable(values.key, values.offline);
  const files = [values.certificate, values['certificate-chain']];
  const now = Date.now();
  const options = {
    format: choiceOf('signature-format', values['signature-format'], formats) ?? 'jws',
    signer: await signerOfSource(values.key, notaryScheme),
    chain: files.flatMap((file) => (file === undefined ? [] : readFrom(file, readCertificates))),
    signingTime: now,
    agent: `keelson/${version}`,
    metadata: annotationsOf(values['user-metadata'], 'user-metadata'),
    ...(values.expiry === undefined ? {} : { expiry: now + durationOf('expiry', values.expiry) }),
  };
  if (values.signature !== undefined) {
    const { digest, size } = await digestOfInput(operand, algorithmOfKey(options.signer.publicKey).hash);
    const target = { mediaType: 'application/octet-stream', digest, size };
    write(values.signature, await signNotation(target, options));
    return digest;
  }
  const keep = async ({ store, loaded }: OpenedStore) => {
    const { mediaType, digest, size } = loaded;
    const descriptor = { mediaType, digest, size };
    await storeNotarySignature(store, descriptor, await signNotation(descriptor, options), now);
    return digest;
  };
  return await withImageStore(operand, values, keep, 'signature');
}
