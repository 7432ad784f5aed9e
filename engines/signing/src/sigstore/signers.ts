import type { AcceptedSigner, VerifiedBundle } from './verify.ts';

/**
 * Who signed, as a text that is the same for two signatures of one signer: the key, or the identity. A certificate with several names is
 * its holder's by the one that was asked for, so that names that others share make nobody two.
 */
export function signerId({ identity }: VerifiedBundle, signer: AcceptedSigner): string {
  if (signer.kind !== 'identities') {
    const { spki } = signer.kind === 'key' ? signer.key : signer.certificate.publicKey;
    return `key ${Buffer.from(spki).toString('base64')}`;
  }
  const asked = (identity?.subjects ?? []).filter((name) =>
    signer.identities.some(({ subject }) => subject.matches(name)),
  );
  return `identity ${JSON.stringify([identity?.issuer, asked.sort()[0]])}`;
}
