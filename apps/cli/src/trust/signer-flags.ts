import { type AcceptedSigner, exactly, matching, type TextMatcher } from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { demandReachable, publicKeyOfSource } from './key-source.ts';

/** Flags that say whose signature is accepted, named as cosign's. */
export const signerFlags = {
  key: { type: 'string', value: 'file' },
  'certificate-identity': { type: 'string', value: 'text' },
  'certificate-identity-regexp': { type: 'string', value: 'text' },
  'certificate-oidc-issuer': { type: 'string', value: 'text' },
  'certificate-oidc-issuer-regexp': { type: 'string', value: 'text' },
} as const;

export const signerHelp = `  --key KEY            the public key that must have signed: a file of PEM, env://NAME, or a key in a service, which is asked for it:
                       awskms://, gcpkms://, azurekms://, hashivault://, openbao://
  --certificate-identity TEXT
                       who must have signed, without a key: an e-mail address or the URI of a workflow
  --certificate-identity-regexp PATTERN
                       the same as a pattern (RE2), which must match the whole of it
  --certificate-oidc-issuer TEXT
                       who says that it was them; needed with an identity
  --certificate-oidc-issuer-regexp PATTERN
                       the same as a pattern`;

type SignerValues = { readonly [Name in keyof typeof signerFlags]?: string | undefined } & {
  readonly offline?: boolean | undefined;
};

/**
 * Whose signature is accepted: a key's, or an identity's with its issuer.
 *
 * @throws CommandError USAGE; PkiError for a file that is no public key; KmsError, HttpError; SigningError PATTERN_INVALID
 */
export async function signerOf(values: SignerValues): Promise<AcceptedSigner> {
  const subject = matcherOf(values, 'certificate-identity');
  const issuer = matcherOf(values, 'certificate-oidc-issuer');
  if (values.key !== undefined) {
    if (subject !== undefined || issuer !== undefined)
      throw new CommandError(
        'USAGE',
        'a key has no identity: give --key, or --certificate-identity and its issuer',
      );
    demandReachable(values.key, values.offline);
    return { kind: 'key', key: await publicKeyOfSource(values.key) };
  }
  if (subject === undefined || issuer === undefined)
    throw new CommandError(
      'USAGE',
      'whose signature is it to be? Give --key FILE, or both of --certificate-identity and --certificate-oidc-issuer',
    );
  return { kind: 'identities', identities: [{ subject, issuer }] };
}

function matcherOf(
  values: SignerValues,
  name: 'certificate-identity' | 'certificate-oidc-issuer',
): TextMatcher | undefined {
  const text = values[name];
  const pattern = values[`${name}-regexp`];
  if (text !== undefined && pattern !== undefined)
    throw new CommandError('USAGE', `--${name} and --${name}-regexp do not go together`);
  if (text === '' || pattern === '') throw new CommandError('USAGE', `--${name} is empty`);
  if (text !== undefined) return exactly(text);
  return pattern === undefined ? undefined : matching(pattern);
}
