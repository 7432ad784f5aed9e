import { CommandError } from '../../errors.ts';
import { defineVerb } from '../../verb.ts';
import { verifyByPolicies } from '../admission.ts';
import { imageFlags, imageHelp } from '../image-flags.ts';
import { demandApart } from '../outputs.ts';
import { policyFlags, policyHelp } from '../policy-flags.ts';
import { formatOf, tellVerdict, wayFlags, wayHelp } from './way.ts';

// All that says whose signature counts, and what it must be, stands in the policies.
const flags = {
  ...wayFlags,
  ...imageFlags,
  ...policyFlags,
} as const;

const help = `keelson verify --policy: tell whether an image, or those that manifests run, would be admitted by image policies

Usage: keelson verify --policy FILE [options] IMAGE
       keelson verify --policy FILE [options] --manifests PATH

A policy that names nothing to trust means what --trusted-root or --tuf-mirror gives.

${policyHelp}
${imageHelp}
${wayHelp}

Exit: 0 admitted, 1 not admitted, 2 wrong call, 3 manifests that could not be read, 4 the registry or the repository of
--tuf-mirror failed.

Examples:
  keelson verify --policy signed-by-us.yaml registry.example/shop/web:1.4
  keelson verify --policy signed-by-us.yaml --manifests deploy/
`;

/** `keelson verify --policy`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const [operand, ...others] = positionals;
    if (values.policy === undefined) throw new CommandError('USAGE', 'by which policies? Give --policy FILE');
    if (others.length > 0) throw new CommandError('USAGE', 'name one image');
    if (values.offline === true && values.manifests !== undefined)
      throw new CommandError('USAGE', '--manifests names images of registries, and --offline asks none');
    formatOf(values);
    demandApart(
      [values.output],
      [...values.policy, ...(values.manifests ?? []), values['trusted-root'], values['tuf-root']],
    );
    const { code, txt, json } = await verifyByPolicies(operand, values);
    return tellVerdict(values, { isVerified: code === 0, txt, json }, code);
  },
);
