import {
  type Certificate,
  children,
  hashOf,
  integer,
  issueTimeStamp,
  octetString,
  readDer,
  tags,
} from '@keelson/pki';
import {
  caExtensions,
  hour,
  type Issued,
  issue,
  noon,
  signerExtensions,
  timestampExtensions,
} from '../../testing/authority.ts';
import type { TargetDescriptor } from '../payload.ts';
import { readTrustPolicy, type TrustPolicy } from '../trust-policy/document.ts';
import type { NotationRequirements } from '../verify.ts';

export const root = issue('root', undefined, caExtensions());
export const signer = issue('signer', root, signerExtensions);
export const chain: readonly Certificate[] = [signer.certificate, root.certificate];
export const stampRoot = issue('tsa root', undefined, caExtensions());
export const stamper = issue('tsa', stampRoot, timestampExtensions);

export const target: TargetDescriptor = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: `sha256:${'ab'.repeat(32)}`,
  size: 401,
};
export const repository = 'registry.example.com/app';

/** A policy with one statement for all images. */
export function policyWith(statement: Readonly<Record<string, unknown>>): TrustPolicy {
  const whole = {
    name: 'all',
    registryScopes: ['*'],
    signatureVerification: { level: 'strict' },
    trustStores: ['ca:own', 'signingAuthority:own'],
    trustedIdentities: ['x509.subject: C=DE, ST=Hessen, O=keelson'],
    ...statement,
  };
  return readTrustPolicy(JSON.stringify({ version: '1.0', trustPolicies: [whole] }), 'oci');
}

export const requirements: NotationRequirements = {
  target: { kind: 'image', descriptor: target, repository },
  policy: policyWith({}),
  trustStores: {
    certificates: (type) => [type === 'tsa' ? stampRoot.certificate : root.certificate],
  },
  now: noon + 2 * hour,
};

/** A time-stamp authority: answers a request as RFC 3161 has it, at any time that is wanted. */
export function stampAt(
  time: number,
  { accuracySeconds, by = stamper }: { readonly accuracySeconds?: number; readonly by?: Issued } = {},
): (request: Uint8Array) => Promise<Uint8Array> {
  return async (request) => {
    const [, imprint, ...options] = children(readDer(request));
    const [algorithm, digest] = imprint === undefined ? [] : children(imprint);
    if (algorithm === undefined || digest === undefined) throw new Error('no request');
    const nonce = options.find(({ tag }) => tag === tags.integer);
    return issueTimeStamp({
      authority: by,
      messageImprint: { algorithm: hashOf(algorithm), digest: octetString(digest) },
      policy: '1.3.6.1.4.1.57264.2',
      serialNumber: 77,
      genTime: time,
      ...(accuracySeconds === undefined ? {} : { accuracySeconds }),
      ...(nonce === undefined ? {} : { nonce: integer(nonce) }),
    });
  };
}
