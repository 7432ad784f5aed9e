import { policySourceFlags } from './policy-flags.ts';

/** Flags of `keelson attest` with policies. */
export const summaryFlags = {
  policy: policySourceFlags.policy,
  'trust-store': policySourceFlags['trust-store'],
  'ask-revocation': policySourceFlags['ask-revocation'],
  attestation: { type: 'string', multiple: true, value: 'file' },
  'verifier-id': { type: 'string', value: 'text' },
  'resource-uri': { type: 'string', value: 'text' },
  'policy-uri': { type: 'string', value: 'text' },
  'only-passed': { type: 'boolean' },
} as const;

export const summaryHelp = `  --policy FILE        judge by these policies (docs/image-policies.md), and state the verdict as a SLSA verification summary; may
                       be given more than once. --trusted-root and --tuf-mirror say what they trust
  --verifier-id URI    with --policy: who judges; needed
  --resource-uri URI   with --policy: what the verdict is about; else the name of the image without tag, or of the file
  --policy-uri URI     with --policy: where the policy is to be found; else the name of its file
  --attestation FILE   with --policy and --bundle: what was stated of ARTIFACT, or signed: a Sigstore bundle or a DSSE envelope, or
                       one on each line; may be given more than once
  --only-passed        with --policy: sign nothing where it does not pass
  --trust-store DIR    with --policy: the trust stores of notation, x509/TYPE/NAME; else notation's own
  --ask-revocation     with --policy: ask the servers that certificates of notation name whether they were revoked`;
