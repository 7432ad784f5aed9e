import { generateKey, type KeyKind, keyKinds, signerOfKey, writeEncryptedKey } from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { defineVerb } from '../verb.ts';
import { annotationsOf } from './annotations.ts';
import { demandOnly } from './flags-together.ts';
import { type OpenedStore, withImageStore } from './image.ts';
import { imageFlags, imageHelp } from './image-flags.ts';
import { keepSignature, signedFile } from './kept-signature.ts';
import { foreignSignFlags, keyFlags, keyHelp, keyInputs, signingOf } from './key-flags.ts';
import { demandAbsent, writeNewFile } from './new-file.ts';
import { notationSignFlags, notationSignHelp, signWithNotation } from './notation/sign.ts';
import { demandApart, demandUnread, demandWritable } from './outputs.ts';
import { passwordOf } from './signing-key.ts';

const toolNames = ['cosign', 'notation'] as const;

const flags = {
  ...commonFlags,
  ...keyFlags,
  ...imageFlags,
  annotations: { type: 'string', short: 'a', multiple: true, value: 'text' },
  bundle: { type: 'string', value: 'file' },
  'generate-key-pair': { type: 'string', value: 'file' },
  with: { type: 'string', value: { choices: toolNames } },
  ...notationSignFlags,
  'key-type': { type: 'string', value: { choices: keyKinds } },
} as const;

const help = `keelson sign: sign an image, or a file, as cosign 3 and notation do

Usage: keelson sign [options] IMAGE
       keelson sign [options] --bundle FILE ARTIFACT
       keelson sign --with notation [options] IMAGE
       keelson sign --with notation [options] --signature FILE ARTIFACT
       keelson sign --generate-key-pair PREFIX

The signature of an image is kept beside it: a manifest that refers to the image's digest. IMAGE is registry/repository:tag or @digest, or
oci:FOLDER. Name the digest: a tag may mean another image by the time that it is signed. The signature of ARTIFACT, a file or - for stdin,
is written to the file that --bundle names, as a Sigstore bundle.

  --with TOOL          whose form: cosign (default) or notation
${keyHelp}
${notationSignHelp}
  -a, --annotations NAME=VALUE
                       a text that the signature of an image carries; may be given more than once
  --bundle FILE        where the bundle of ARTIFACT is written; - for stdout
  --generate-key-pair PREFIX
                       write a new key to PREFIX.key, encrypted, and its public half to PREFIX.pub
  --key-type TYPE      of the new key: ${keyKinds.join(', ')} (default ecdsa-p256)
${imageHelp}
  -o, --output FILE    write what was signed to FILE instead of stdout
  -q, --quiet          say nothing on stderr

Exit: 0 signed, 2 wrong call, 4 the registry, a service or the repository of --tuf-mirror failed.

Examples:
  COSIGN_PASSWORD=... keelson sign --generate-key-pair shop
  COSIGN_PASSWORD=... keelson sign --key shop.key -a env=prod registry.example/shop/web@sha256:...
  COSIGN_PASSWORD=... keelson sign --key shop.key --bundle web.tar.gz.bundle web.tar.gz
  keelson sign --tuf-mirror https://tuf-repo-cdn.sigstore.dev registry.example/shop/web@sha256:...
  keelson sign --key awskms:///alias/release registry.example/shop/web@sha256:...
  keelson sign --signing-config signing_config.json --trusted-root trusted_root.json --identity-token token.txt registry.example/shop/web@sha256:...
  keelson sign --with notation --key web.key --certificate web.crt --expiry 30d registry.example/shop/web@sha256:...
`;

/** `keelson sign`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file', foreign: foreignSignFlags },
  async ({ values, positionals }) => {
    const prefix = values['generate-key-pair'];
    if (prefix !== undefined) {
      if (positionals.length > 0) throw new CommandError('USAGE', '--generate-key-pair signs nothing');
      demandOnly(values, looksAt.newKey, '--generate-key-pair', 'it signs nothing');
      const kind = choiceOf('key-type', values['key-type'], keyKinds) ?? 'ecdsa-p256';
      await generate(prefix, kind);
      if (values.quiet !== true) tell(`wrote ${prefix}.key and ${prefix}.pub`);
      return exitCodes.done;
    }
    const [operand, ...others] = positionals;
    if (operand === undefined || others.length > 0)
      throw new CommandError('USAGE', 'name one image, or --bundle FILE and one artifact');
    if (values['key-type'] !== undefined)
      throw new CommandError('USAGE', '--key-type is of a new key: it goes with --generate-key-pair');
    const outputs = [values.bundle, values.signature, values.output];
    demandApart(outputs, [operand, ...keyInputs(values)]);
    demandWritable(outputs);
    if (choiceOf('with', values.with, toolNames) === 'notation') {
      demandOnly(values, looksAt.notation, '--with notation', 'its signatures have no place for it');
      const digest = await signWithNotation(operand, values, (file, { bytes }) => {
        demandUnread(outputs);
        writeResult(file, Buffer.from(bytes));
      });
      demandUnread([values.output]);
      if (values.signature !== '-') writeResult(values.output, `${digest}\n`);
      return exitCodes.done;
    }
    demandOnly(values, looksAt.cosign, 'the form of cosign', 'it is for --with notation');
    const annotations = annotationsOf(values.annotations);
    const signing = await signingOf(values);
    if (values.bundle !== undefined) {
      if (annotations.size > 0) throw new CommandError('USAGE', 'annotations are of images');
      const { bundle, digest } = await signedFile(signing, operand);
      demandUnread(outputs);
      writeResult(values.bundle, bundle);
      if (values.bundle !== '-') writeResult(values.output, `${digest}\n`);
      return exitCodes.done;
    }
    const keep = async (image: OpenedStore) => {
      demandUnread(outputs);
      await keepSignature(signing, image, annotations);
      return image.loaded.digest;
    };
    const signed = await withImageStore(operand, values, keep, 'bundle');
    writeResult(values.output, `${signed}\n`);
    return exitCodes.done;
  },
);

const keysOfNotation = ['key', 'certificate', 'certificate-chain', 'with'];
/** What each form looks at. */
const looksAt = {
  notation: new Set([
    ...keysOfNotation,
    ...Object.keys({ ...commonFlags, ...imageFlags, ...notationSignFlags }),
  ]),
  cosign: new Set(Object.keys(flags).filter((name) => !Object.hasOwn(notationSignFlags, name))),
  newKey: new Set(['help', 'quiet', 'generate-key-pair', 'key-type']),
};

async function generate(prefix: string, kind: KeyKind): Promise<void> {
  const key = generateKey(kind);
  const { publicKey } = signerOfKey(key);
  demandAbsent([`${prefix}.key`, `${prefix}.pub`]);
  writeNewFile(`${prefix}.key`, await writeEncryptedKey(key, passwordOf()), 0o600);
  const pem = publicKey.keyObject.export({ format: 'pem', type: 'spki' }).toString();
  writeNewFile(`${prefix}.pub`, pem, 0o644);
}
