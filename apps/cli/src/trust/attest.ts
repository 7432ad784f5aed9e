import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { statedBy, statementOf } from './attest-predicate.ts';
import { withImageStore } from './image.ts';
import { imageFlags, imageHelp } from './image-flags.ts';
import { digestOfInput } from './input.ts';
import { keepStatement, signedStatement } from './kept-signature.ts';
import { keyFlags, keyHelp, keyInputs, signingOf } from './key-flags.ts';
import { demandApart, demandWritable } from './outputs.ts';
import { predicateTypeNames, predicateTypes } from './predicate-types.ts';

const flags = {
  ...commonFlags,
  ...keyFlags,
  ...imageFlags,
  predicate: { type: 'string', value: 'file' },
  type: { type: 'string', value: { choices: Object.keys(predicateTypes) } },
  bundle: { type: 'string', value: 'file' },
} as const;

const help = `keelson attest: sign a statement about an image, or a file: provenance, a bill of materials, a scan's result

Usage: keelson attest [options] --predicate FILE [--type TYPE] IMAGE
       keelson attest [options] --predicate FILE [--type TYPE] --bundle FILE ARTIFACT

The statement is an in-toto Statement v1 with the predicate in FILE. That of an image is kept beside it, as a manifest that refers to the
image's digest; that of ARTIFACT is written to the file that --bundle names, as a Sigstore bundle. IMAGE is registry/repository:tag or
@digest, or oci:FOLDER.

  --predicate FILE     the predicate, in JSON; - for stdin. A report of keelson scan is stated as a test result
  --type TYPE          the type of the predicate: a URI, or one of
                       ${predicateTypeNames}.
                       CycloneDX, SPDX, OpenVEX, SARIF, SLSA and reports of keelson scan say themselves what they are; any
                       text may be stated as custom
${keyHelp}
  --bundle FILE        where the bundle of ARTIFACT is written; - for stdout
${imageHelp}
  -o, --output FILE    write what the statement is about to FILE instead of stdout
  -q, --quiet          say nothing on stderr

Exit: 0 signed, 2 wrong call, 4 the registry, a service or the repository of --tuf-mirror failed.

Examples:
  keelson attest --key shop.key --type slsaprovenance1 --predicate provenance.json registry.example/shop/web@sha256:...
  keelson attest --key shop.key --type https://example.com/review/v1 --predicate review.json --bundle web.bundle web.tar.gz
`;

/** `keelson attest`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const [operand, ...others] = positionals;
    if (operand === undefined || others.length > 0)
      throw new CommandError('USAGE', 'name one image, or --bundle FILE and one artifact');
    if (values.predicate === undefined)
      throw new CommandError('USAGE', 'what is stated? Give --predicate FILE');
    const outputs = [values.bundle, values.output];
    demandApart(outputs, [operand, values.predicate, ...keyInputs(values)]);
    demandWritable(outputs);
    const stated = statedBy(values.predicate, values.type, Date.now());
    const signing = await signingOf(values);
    if (values.bundle !== undefined) {
      const { digest } = await digestOfInput(operand);
      const statement = statementOf(stated, { name: operand, digest });
      writeResult(values.bundle, await signedStatement(signing, statement, digest));
      if (values.bundle !== '-') writeResult(values.output, `${digest}\n`);
      return exitCodes.done;
    }
    const about = await withImageStore(operand, values, async (image) => {
      const { digest } = image.loaded;
      const statement = statementOf(stated, { name: image.name, digest });
      await keepStatement(signing, image, { statement, predicateType: stated.predicateType });
      return digest;
    });
    writeResult(values.output, `${about}\n`);
    return exitCodes.done;
  },
);
