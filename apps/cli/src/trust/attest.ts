import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { type Stated, type Subject, statedBy, statementOf } from './attest-predicate.ts';
import { type OpenedStore, withImageStore } from './image.ts';
import { imageFlags, imageHelp } from './image-flags.ts';
import { keepStatement, signedStatement } from './kept-signature.ts';
import { foreignSignFlags, keyFlags, keyHelp, keyInputs, signingOf } from './key-flags.ts';
import { digestOfInput } from './large-input.ts';
import { demandApart, demandUnread, demandWritable } from './outputs.ts';
import { predicateTypeNames, predicateTypes } from './predicate-types.ts';
import { summaryFlags, summaryHelp } from './summary-flags.ts';

const flags = {
  ...commonFlags,
  ...keyFlags,
  ...imageFlags,
  predicate: { type: 'string', value: 'file' },
  type: { type: 'string', value: { choices: Object.keys(predicateTypes) } },
  bundle: { type: 'string', value: 'file' },
  ...summaryFlags,
} as const;

const help = `keelson attest: sign a statement about an image, or a file: provenance, a bill of materials, a scan's result

Usage: keelson attest [options] --predicate FILE [--type TYPE] IMAGE
       keelson attest [options] --predicate FILE [--type TYPE] --bundle FILE ARTIFACT
       keelson attest [options] --policy FILE --verifier-id URI IMAGE
       keelson attest [options] --policy FILE --verifier-id URI --attestation FILE --bundle FILE ARTIFACT

The statement is an in-toto Statement v1 with the predicate in FILE. That of an image is kept beside it, as a manifest that refers to the
image's digest; that of ARTIFACT is written to the file that --bundle names, as a Sigstore bundle. IMAGE is registry/repository:tag or
@digest, or oci:FOLDER.

  --predicate FILE     the predicate, in JSON; - for stdin. A report of keelson scan is stated as a test result
  --type TYPE          the type of the predicate: a URI, or one of
                       ${predicateTypeNames}.
                       CycloneDX, SPDX, OpenVEX, SARIF, SLSA and reports of keelson scan say themselves what they are; any
                       text may be stated as custom
${summaryHelp}
${keyHelp}
  --bundle FILE        where the bundle of ARTIFACT is written; - for stdout
${imageHelp}
  -o, --output FILE    write what the statement is about to FILE instead of stdout
  -q, --quiet          say nothing on stderr

Exit: 0 signed, 1 it does not pass the policies (which is signed too), 2 wrong call, 4 the registry, a service or the repository of --tuf-mirror failed.

Examples:
  keelson attest --key shop.key --type slsaprovenance1 --predicate provenance.json registry.example/shop/web@sha256:...
  keelson attest --key shop.key --type https://example.com/review/v1 --predicate review.json --bundle web.bundle web.tar.gz
  keelson attest --key verifier.key --policy shop.yaml --verifier-id https://verifier.example registry.example/shop/web@sha256:...
`;

/** `keelson attest`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file', foreign: foreignSignFlags },
  async ({ values, positionals }) => {
    const [operand, ...others] = positionals;
    if (operand === undefined || others.length > 0)
      throw new CommandError('USAGE', 'name one image, or --bundle FILE and one artifact');
    const inputs = [operand, values.predicate, ...(values.policy ?? []), ...(values.attestation ?? [])];
    const outputs = [values.bundle, values.output];
    demandApart(outputs, [...inputs, ...keyInputs(values)]);
    demandWritable(outputs);
    const state = await statingOf(values);
    const signing = await signingOf(signingValues(values));
    if (values.bundle !== undefined) {
      const { digest, size } = await digestOfInput(operand);
      const { attestation: attestations = [] } = values;
      const { stated, code } = await state({ kind: 'file', name: operand, digest, size, attestations });
      if (stated === undefined) return code;
      demandUnread(outputs);
      const statement = statementOf(stated, { name: operand, digest });
      writeResult(values.bundle, await signedStatement(signing, statement, digest));
      if (values.bundle !== '-') writeResult(values.output, `${digest}\n`);
      return code;
    }
    if (values.attestation !== undefined)
      throw new CommandError(
        'USAGE',
        '--attestation is of files: what is stated of an image stands beside it',
      );
    const keep = async (image: OpenedStore) => {
      const { name, loaded } = image;
      const { digest } = loaded;
      const { stated, code } = await state({ kind: 'image', written: operand, name, digest });
      if (stated === undefined) return code;
      demandUnread(outputs);
      const statement = statementOf(stated, { name, digest });
      await keepStatement(signing, image, { statement, predicateType: stated.predicateType });
      writeResult(values.output, `${digest}\n`);
      return code;
    };
    return await withImageStore(operand, values, keep, 'bundle');
  },
);

type Values = Parameters<Parameters<typeof defineVerb<typeof flags>>[1]>[0]['values'];

/** What is stated of something, and the exit code; nothing where only what passes is stated. */
type Stating = (subject: Subject) => Promise<{ readonly stated?: Stated; readonly code: number }>;

async function statingOf(values: Values): Promise<Stating> {
  const { policy, predicate } = values;
  if (policy !== undefined) {
    if (values.bundle !== undefined && values.attestation === undefined)
      throw new CommandError(
        'USAGE',
        '--policy needs --attestation FILE with --bundle: nothing else is known of a file, so nothing could pass',
      );
    for (const name of ['predicate', 'type'] as const)
      if (values[name] !== undefined)
        throw new CommandError('USAGE', `--policy and --${name} do not go together: the verdict is stated`);
    // Policies bring languages with them.
    const { summaryJudge } = await import('./attest-summary.ts');
    return await summaryJudge(values);
  }
  for (const name of Object.keys(summaryFlags))
    if (Object.hasOwn(values, name))
      throw new CommandError('USAGE', `--${name} goes with --policy: nothing else looks at it`);
  if (predicate === undefined)
    throw new CommandError('USAGE', 'what is stated? Give --predicate FILE, or --policy FILE for a verdict');
  const stated = statedBy(predicate, values.type, Date.now());
  return async () => ({ stated, code: exitCodes.done });
}

/** What is trusted beside policies is theirs; the signer's too where services are asked, which a key alone does not. */
function signingValues(values: Values): Values {
  if (values.policy === undefined || values['signing-config'] !== undefined) return values;
  if (values.key === undefined && values['tuf-mirror'] !== undefined) return values;
  const { 'trusted-root': _, 'tuf-mirror': _mirror, 'tuf-root': _root, ...others } = values;
  return others;
}
