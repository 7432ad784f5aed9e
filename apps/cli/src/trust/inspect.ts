import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { withImage } from './image.ts';
import { imageFlags, imageHelp } from './image-flags.ts';
import { inspectImage } from './inspection.ts';
import { inspectionText } from './inspection-text.ts';
import { demandUnread } from './outputs.ts';
import { trustFlags, trustHelp, untoldTrust } from './trust-flags.ts';
import { trustedRootOf } from './trusted-root.ts';

const formats = ['txt', 'json'] as const;

const flags = {
  ...commonFlags,
  ...imageFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  ...trustFlags,
} as const;

const help = `keelson inspect: draw what stands beside an image: signatures, attestations, bills of materials

Usage: keelson inspect [options] IMAGE

IMAGE is registry/repository:tag or @digest, oci:FOLDER, oci-archive:FILE, docker-archive:FILE or dir:FOLDER. Who signed, what and when
is told as it is written there, of signatures of Sigstore and of the Notary Project. Nothing of Sigstore's is verified without a trusted root;
with one, the certificates, logs and timestamps are. Whether the signer is one to be trusted is what keelson verify tells.

${trustHelp}
${imageHelp}
  -f, --format FORMAT  txt (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          say nothing on stderr

Exit: 0 done, 2 wrong call, 4 the registry or the repository of --tuf-mirror failed.

Examples:
  keelson inspect registry.example/shop/web:1.4
  keelson inspect --trusted-root trusted_root.json -f json oci:web/
`;

/** `keelson inspect`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const [operand, ...others] = positionals;
    if (operand === undefined || others.length > 0) throw new CommandError('USAGE', 'name one image');
    const format = choiceOf('format', values.format, formats) ?? 'txt';
    const trustedRoot = await trustedRootOf(values);
    const inspection = await withImage(operand, values, ({ source, loaded }) =>
      inspectImage(source, loaded, trustedRoot && { trustedRoot, now: Date.now() }),
    );
    demandUnread([values.output]);
    const untold = untoldTrust(values);
    const notChecked = untold === undefined ? {} : { notChecked: [untold] };
    writeResult(
      values.output,
      format === 'json'
        ? `${JSON.stringify({ image: operand, ...inspection, ...notChecked }, undefined, 2)}\n`
        : `${inspectionText(operand, inspection)}${untold === undefined ? '' : `not checked: ${untold}\n`}`,
    );
    return exitCodes.done;
  },
);
