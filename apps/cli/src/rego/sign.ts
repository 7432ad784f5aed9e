import { statSync } from 'node:fs';
import { join } from 'node:path';
import { signaturesFile } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { writeResult } from '../result.ts';
import { loadBundles } from './bundles.ts';
import { policyVerb } from './policy-verb.ts';
import { signatureOf, signingFlags, signingHelp } from './signing.ts';

const flags = {
  help: { type: 'boolean', short: 'h' },
  quiet: { type: 'boolean', short: 'q' },
  bundle: { type: 'boolean', short: 'b' },
  ...signingFlags,
  'output-file-path': { type: 'string', short: 'o', value: 'folder' },
} as const;

const help = `keelson rego sign: sign a bundle

Usage: keelson rego sign --signing-key KEY --bundle [options] PATH...

Writes .signatures.json, which names each file of the bundle with its digest. A bundle that is a folder is to be found
under the same path when the signature is looked at; sign it from within, as ".", to be free of that.

  -b, --bundle          the paths are bundles: folders or .tar.gz; it must be given
${signingHelp}
  -o, --output-file-path FOLDER  where .signatures.json is written (default .); - writes it to stdout
  -q, --quiet           nothing on stderr but errors

Exit: 0 done, 2 wrong call, or the bundle cannot be read.

Examples:
  keelson rego sign --signing-key key.pem --bundle .
  keelson rego sign --signing-key key.pem --signing-alg ES256 -o policies --bundle policies
`;

const form = { flags, help, operands: 'folder', quiet: 'errors' } as const;

/** `keelson rego sign`. */
export const sign = policyVerb(form, async ({ values, positionals }) => {
  if (positionals.length === 0) throw new CommandError('USAGE', 'name a bundle');
  if (values['signing-key'] === undefined) throw new CommandError('USAGE', 'name a key with --signing-key');
  if (values.bundle !== true) throw new CommandError('USAGE', 'only bundles are signed: give --bundle');
  const folder = values['output-file-path'] ?? '.';
  if (folder !== '-' && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CommandError('USAGE', `--output-file-path ${folder}: no such folder`);
  const bundles = await loadBundles(positionals, []);
  const files = bundles.flatMap(({ name, isArchive, files: found }) =>
    found
      .filter(({ path }) => path !== signaturesFile)
      .map((file) => (isArchive ? file : { ...file, path: join(name, file.path) })),
  );
  const signature = signatureOf(files, values);
  if (signature === undefined) return exitCodes.usage;
  const file = folder === '-' ? folder : join(folder, signaturesFile);
  writeResult(file, new TextDecoder().decode(signature.bytes));
  return exitCodes.done;
});
