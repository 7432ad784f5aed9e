import { readCertificates } from '@keelson/pki';
import {
  type Artifact,
  type Bundle,
  type BundleRequirements,
  demandSigningCertificate,
  matching,
  noWitnesses,
  type SignOptions,
  type TrustedRoot,
  verifyBundle,
  type Witnesses,
  withoutRoot,
} from '@keelson/signing';
import { blameOutside, CommandError } from '../errors.ts';
import { choiceOf } from '../flag-values.ts';
import {
  type IdentityValues,
  identityFlagIn,
  identityFlags,
  identityHelp,
  tokenGetter,
} from './identity-flags.ts';
import { readFrom } from './input.ts';
import { demandReachable } from './key-source.ts';
import { keylessOptions, type SignatureForm, witnessesOf } from './services.ts';
import { signerOfSource } from './signing-key.ts';
import { type TrustValues, trustFlags, trustHelp } from './trust-flags.ts';
import { signingTrustOf } from './trusted-root.ts';

/** Flags that say with what is signed, named as cosign's. */
export const keyFlags = {
  key: { type: 'string', value: 'file' },
  certificate: { type: 'string', value: 'file' },
  'certificate-chain': { type: 'string', value: 'file' },
  ...identityFlags,
  'signing-config': { type: 'string', value: 'file' },
  ...trustFlags,
  'new-bundle-format': { type: 'string', value: { choices: ['true', 'false'] } },
} as const;

export const keyHelp = `  --key KEY            the private key: a file of PEM in cosign's encrypted form (the password is in COSIGN_PASSWORD), PKCS #8, SEC 1 or
                       PKCS #1; env://NAME; or a key in a service: awskms://, gcpkms://, azurekms://, hashivault://,
                       openbao://
  --certificate FILE   the key's certificate, in PEM, of an authority of your own
  --certificate-chain FILE
                       who issued the certificate, up to the root or to the one below it; bundles leave a root out
  --signing-config FILE
                       the services that are asked: a certificate authority where there is no key, transparency logs, timestamp authorities
${identityHelp}
${trustHelp}
                       What is signed by services is verified by it before it is written; a repository also has the signing config,
                       where no --signing-config is given
  --new-bundle-format=false
                       keep the signature of an image as cosign 1 and 2 do, at a tag .sig or .att`;

const asksNothing = 'nothing is asked; leave it out';
const services = 'leave it out: the services that are asked are those of --signing-config or --tuf-mirror';
/** Flags of cosign that its users' pipelines have. */
export const foreignSignFlags = {
  y: asksNothing,
  yes: asksNothing,
  'tlog-upload': services,
  'use-signing-config': services,
  'rekor-url': services,
  'fulcio-url': services,
  'timestamp-server-url': services,
};

type KeyValues = {
  readonly [Name in 'key' | 'certificate' | 'certificate-chain' | 'signing-config' | 'new-bundle-format']?:
    | string
    | undefined;
} & IdentityValues &
  TrustValues;

/** The files that these flags name: nothing is written over them. */
export function keyInputs(values: KeyValues): readonly (string | undefined)[] {
  const names = [
    ...(['key', 'certificate', 'certificate-chain', 'signing-config'] as const),
    ...(['identity-token', 'oidc-client-secret-file'] as const),
  ];
  return [...names.map((name) => values[name]), values['trusted-root'], values['tuf-root']];
}

/** With what is signed, and the check that what comes of it holds. */
export interface Signing {
  readonly options: SignOptions;
  readonly form: SignatureForm;
  /** @throws SigningError where the services' answers do not verify */
  readonly check: (bundle: Bundle, artifact: Artifact) => void;
}

/**
 * With what is signed: a key, or a certificate for an identity; and who bears witness.
 *
 * @throws CommandError USAGE; SigningError; PkiError; SigstoreError, HttpError
 */
export async function signingOf(values: KeyValues): Promise<Signing> {
  const form = formOf(values);
  demandOneSigner(values);
  const trust = await signingTrustOf(values);
  if (trust === undefined) {
    const flag = identityFlagIn(values);
    if (flag !== undefined)
      throw new CommandError(
        'USAGE',
        `--${flag} goes with --signing-config or --tuf-mirror: nothing else looks at it`,
      );
    if (values.key === undefined)
      throw new CommandError(
        'USAGE',
        'with what is it signed? Give --key FILE, --tuf-mirror URL, or --signing-config FILE and --trusted-root FILE',
      );
    return { options: await withKey(values, values.key, form), form, check: () => undefined };
  }
  const { trustedRoot, config } = trust;
  const now = Date.now();
  // What the config lacks is told before anybody is asked.
  const witnesses = witnessesOf(config, form, now);
  if (values.offline === true) demandNoServices(values, witnesses);
  const made =
    values.key === undefined
      ? await keylessOptions(config, tokenGetter(values, config, now), now)
      : await withKey(values, values.key, form);
  const options = { ...made, witnesses };
  return {
    options,
    form,
    check: (bundle, artifact) => {
      try {
        verifyBundle(bundle, artifact, requirementsOf(options, trustedRoot, now));
      } catch (error) {
        throw blameOutside(error);
      }
    },
  };
}

/** A key signs, or somebody's identity does. @throws CommandError USAGE */
function demandOneSigner(values: KeyValues): void {
  const flag = identityFlagIn(values);
  if (values.key !== undefined && flag !== undefined)
    throw new CommandError('USAGE', `--key and --${flag} do not go together: a key has no identity`);
  if (values.key === undefined && values.certificate !== undefined)
    throw new CommandError(
      'USAGE',
      '--certificate goes with --key: a certificate of somebody without one is asked for',
    );
}

/** @throws CommandError USAGE */
function demandNoServices({ key }: KeyValues, { logs, timestampAuthorities }: Witnesses): void {
  if (key === undefined)
    throw new CommandError('USAGE', '--offline needs --key: a certificate authority would be asked');
  if (logs.length + timestampAuthorities.length > 0)
    throw new CommandError(
      'USAGE',
      '--offline and a signing config that names logs or timestamp authorities do not go together: they would be asked',
    );
}

function formOf(values: KeyValues): SignatureForm {
  const format = choiceOf('new-bundle-format', values['new-bundle-format'], ['true', 'false']);
  return format === 'false' ? 'tag' : 'bundle';
}

function requirementsOf(
  { signer, certificates = [], witnesses = noWitnesses }: SignOptions,
  trustedRoot: TrustedRoot,
  now: number,
): BundleRequirements {
  const anybody = matching('(?s).*');
  return {
    trustedRoot,
    signer:
      certificates.length === 0
        ? { kind: 'key', key: signer.publicKey }
        : { kind: 'identities', identities: [{ subject: anybody, issuer: anybody }] },
    logEntries: witnesses.logs.length,
    timestamps: witnesses.timestampAuthorities.length,
    certificateLogged: trustedRoot.certificateLogs.length > 0,
    fallbackTime: now,
  };
}

async function withKey(values: KeyValues, source: string, form: SignatureForm): Promise<SignOptions> {
  demandReachable(source, values.offline);
  const signer = await signerOfSource(source);
  const files = [values.certificate, values['certificate-chain']];
  if (files[0] === undefined && files[1] !== undefined)
    throw new CommandError('USAGE', '--certificate-chain goes with --certificate');
  const certificates = files.flatMap((name) => (name === undefined ? [] : readFrom(name, readCertificates)));
  const [leaf] = certificates;
  if (leaf !== undefined && Buffer.compare(leaf.publicKey.spki, signer.publicKey.spki) !== 0)
    throw new CommandError('USAGE', 'the certificate is not of the key');
  if (leaf !== undefined) demandSigningCertificate(certificates, Date.now());
  // Readers of cosign 1 and 2 take the last of a tag's chain for the root, and look for the one below it before that.
  const kept = form === 'bundle' ? withoutRoot(certificates) : certificates;
  return { signer, certificates: kept.map(({ bytes }) => bytes) };
}
