import { createHash } from 'node:crypto';
import {
  algorithmIdentifier,
  type Certificate,
  children,
  defaultScheme,
  der,
  integer,
  publicKeyOfKeyObject,
  readDer,
  sign,
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

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const sha256Identifier = der.sequence(der.oid('2.16.840.1.101.3.4.2.1'), der.null());
const attribute = (type: string, value: Uint8Array) => der.sequence(der.oid(type), der.set(value));

/** A time-stamp authority: answers a request as RFC 3161 has it, at any time that is wanted. */
export function stampAt(
  time: number,
  { accuracySeconds, by = stamper }: { readonly accuracySeconds?: number; readonly by?: Issued } = {},
): (request: Uint8Array) => Promise<Uint8Array> {
  return async (request) => {
    const [, imprint, ...options] = children(readDer(request));
    const nonce = options.find(({ tag }) => tag === 0x02);
    if (imprint === undefined) throw new Error('no request');
    const info = der.sequence(
      der.integer(1),
      der.oid('1.3.6.1.4.1.57264.2'),
      imprint.bytes,
      der.integer(77),
      der.generalizedTime(time),
      ...(accuracySeconds === undefined ? [] : [der.sequence(der.integer(accuracySeconds))]),
      ...(nonce === undefined ? [] : [der.integer(integer(nonce))]),
    );
    const set = der.set(
      attribute('1.2.840.113549.1.9.3', der.oid('1.2.840.113549.1.9.16.1.4')),
      attribute('1.2.840.113549.1.9.4', der.octetString(sha256(info))),
      attribute(
        '1.2.840.113549.1.9.16.2.47',
        der.sequence(der.sequence(der.sequence(der.octetString(sha256(by.certificate.bytes))))),
      ),
    );
    const scheme = defaultScheme(publicKeyOfKeyObject(by.key));
    const signerInfo = der.sequence(
      der.integer(1),
      der.sequence(by.certificate.issuer.bytes, der.integer(by.certificate.serialNumber)),
      sha256Identifier,
      der.implicit(0, set),
      algorithmIdentifier(scheme),
      der.octetString(sign(by.key, scheme, set)),
    );
    const signed = der.sequence(
      der.integer(3),
      der.set(sha256Identifier),
      der.sequence(der.oid('1.2.840.113549.1.9.16.1.4'), der.explicit(0, der.octetString(info))),
      der.implicit(0, der.set(by.certificate.bytes)),
      der.set(signerInfo),
    );
    const token = der.sequence(der.oid('1.2.840.113549.1.7.2'), der.explicit(0, signed));
    return der.sequence(der.sequence(der.integer(0)), token);
  };
}
