import {
  type Certificate,
  isSelfSigned,
  PkiError,
  type PublicKey,
  publicKeyFromPem,
  readCertificates,
} from '@keelson/pki';
import { SigningError } from '@keelson/signing';
import type { ImagePolicyError } from '../errors.ts';
import { invalid, unsupported } from '../faults.ts';
import type { RatifyDocument } from './documents.ts';

/** What a KeyManagementProvider, or a CertificateStore as it was called before, provides. */
export type KeyMaterial =
  | { readonly kind: 'certificates'; readonly certificates: readonly Certificate[] }
  | { readonly kind: 'key'; readonly key: PublicKey }
  /** What keelson cannot have. */
  | { readonly kind: 'unsupported'; readonly fault: ImagePolicyError };

/** Providers by the name that verifiers give them: `name`, and `namespace/name` for those of a namespace. */
export type KeyProviders = ReadonlyMap<string, KeyMaterial>;

/**
 * Reads the providers. A KeyManagementProvider is preferred to a CertificateStore of its name.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function keyProviders(documents: readonly RatifyDocument[]): KeyProviders {
  const found = new Map<string, KeyMaterial>();
  for (const document of documents) {
    if (document.kind !== 'KeyManagementProvider') continue;
    const { name, namespace } = document;
    const full = namespace === undefined ? name : `${namespace}/${name}`;
    if (found.has(full)) throw invalid(`there are two KeyManagementProviders with the name ${full}`);
    found.set(full, materialOf(document, document.spec.text('type'), document.spec));
  }
  for (const document of documents) {
    if (document.kind !== 'CertificateStore' || found.has(document.name)) continue;
    found.set(document.name, materialOf(document, document.spec.text('provider'), document.spec));
  }
  return found;
}

function materialOf({ kind, name }: RatifyDocument, type: string, spec: RatifyDocument['spec']): KeyMaterial {
  if (type !== 'inline')
    return {
      kind: 'unsupported',
      fault: unsupported(`${kind} ${name}`, `the provider ${type}: give what it provides inline`),
    };
  const parameters = spec.required('parameters');
  const content = kind === 'CertificateStore' ? 'certificate' : parameters.text('contentType');
  const value = parameters.text('value');
  try {
    if (content === 'certificate')
      return { kind: 'certificates', certificates: readCertificates(Buffer.from(value)) };
    if (content === 'key') return { kind: 'key', key: publicKeyFromPem(value) };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw invalid(`${kind} ${name}: ${error.message}`, error);
  }
  throw parameters.invalid('contentType', 'is neither certificate nor key');
}

/**
 * The certificates of providers as anchors: CAs, and those that signed themselves; others are passed over, as Ratify does.
 *
 * @throws SigningError TRUST_STORE_INVALID where none is left
 */
export function anchorsOf(providers: KeyProviders, names: readonly string[], store: string) {
  const found = names.flatMap((name): readonly Certificate[] => {
    // Certificate stores of a namespace go by both names.
    const material = providers.get(name) ?? providers.get(name.slice(name.indexOf('/') + 1));
    if (material?.kind === 'certificates') return material.certificates;
    const reason =
      material === undefined
        ? 'which was not given'
        : material.kind === 'key'
          ? 'which has a key, no certificates'
          : material.fault.message;
    throw new SigningError('TRUST_STORE_INVALID', `the store ${store} names ${name}, ${reason}`);
  });
  const anchors = found.filter((each) => each.basicConstraints?.ca === true || isSelfSigned(each));
  if (anchors.length === 0)
    throw new SigningError(
      'TRUST_STORE_INVALID',
      `the store ${store} has neither a CA nor a certificate that signed itself`,
    );
  return anchors;
}
