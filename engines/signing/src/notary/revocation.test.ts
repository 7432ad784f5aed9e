import { KeelsonError } from '@keelson/core';
import {
  type Certificate,
  type CrlEntry,
  der,
  type Extension,
  extensionOids,
  issueCrl,
  issueOcspResponse,
  type OcspStatus,
} from '@keelson/pki';
import { expect, test } from 'vitest';
import { caExtensions, hour, type Issued, issue, noon, signerExtensions } from '../testing/authority.ts';
import { checkRevocation, type RevocationCache, type RevocationSource } from './revocation.ts';
import { notarySignerOf, signNotation } from './sign.ts';
import { policyWith, requirements, stampRoot, target } from './testing/world.ts';
import { verifyNotation } from './verify.ts';

const now = noon + 2 * hour;
const own = issue('root', undefined, caExtensions());
const uriName = (uri: string) => der.implicit(6, der.ia5String(uri));
const point = (uri: string) =>
  der.sequence(der.sequence(der.explicit(0, der.implicit(0, der.sequence(uriName(uri))))));
const extension = (oid: string, value: Uint8Array): Extension => ({ oid, critical: false, value });
const listAt = (uri: string) => extension(extensionOids.crlDistributionPoints, point(uri));
const freshestAt = (uri: string) => extension(extensionOids.freshestCrl, point(uri));
const responderAt = (uri: string) =>
  extension(
    extensionOids.authorityInformationAccess,
    der.sequence(der.sequence(der.oid('1.3.6.1.5.5.7.48.1'), uriName(uri))),
  );
const leafWith = (...extensions: readonly Extension[]) =>
  issue('leaf', own, [...signerExtensions, ...extensions]);

const crlUri = 'http://crl.example.com/a';
const deltaUri = 'http://crl.example.com/delta';
const ocspUri = 'http://ocsp.example.com';
const byCrl = leafWith(listAt(crlUri));
const byOcsp = leafWith(responderAt(ocspUri));
const byBoth = leafWith(responderAt(ocspUri), listAt(crlUri));

class Silent extends KeelsonError<'SILENT'> {}
const silent = () => Promise.reject(new Silent('SILENT', 'no answer'));

function crl(
  revoked: Issued | undefined,
  more: Partial<CrlEntry> = {},
  extensions: readonly Extension[] = [],
): Uint8Array {
  return issueCrl({
    issuer: own,
    thisUpdate: noon,
    nextUpdate: noon + 3 * hour,
    number: 5,
    revoked:
      revoked === undefined
        ? []
        : [{ serialNumber: revoked.certificate.serialNumber, revokedAt: noon, ...more }],
    extensions,
  }).bytes;
}

function delta(revoked: readonly Issued[], reason: NonNullable<CrlEntry['reason']>): Uint8Array {
  return issueCrl({
    issuer: own,
    thisUpdate: noon,
    nextUpdate: noon + 3 * hour,
    number: 6,
    deltaBase: 5,
    revoked: revoked.map(({ certificate }) => ({
      serialNumber: certificate.serialNumber,
      revokedAt: noon,
      reason,
    })),
  }).bytes;
}

const answer = (status: OcspStatus, about = byOcsp, responder = own) =>
  issueOcspResponse({
    certificate: about.certificate,
    issuer: own.certificate,
    responder,
    status,
    thisUpdate: noon,
    nextUpdate: noon + 3 * hour,
    withCertificate: responder !== own,
  });

/** What stands at which place; elsewhere nobody answers. */
const serving = (places: Readonly<Record<string, Uint8Array>>): RevocationSource => {
  const at = (uri: string) => {
    const found = places[uri];
    return found === undefined ? silent() : Promise.resolve(found);
  };
  return { ocsp: at, crl: at };
};

async function statusOf(
  leaf: { readonly certificate: Certificate },
  options: Partial<Parameters<typeof checkRevocation>[1]> = {},
): Promise<string> {
  const [result] = await checkRevocation([leaf.certificate, own.certificate], { now, ...options });
  return `${result?.status} by ${result?.method}`;
}

const good: OcspStatus = { status: 'good' };
const revoked: OcspStatus = { status: 'revoked', revokedAt: noon };
const delegate = issue('ocsp', own, [
  ...signerExtensions.slice(0, 1),
  { oid: extensionOids.extendedKeyUsage, critical: false, value: der.sequence(der.oid('1.3.6.1.5.5.7.3.9')) },
  listAt(crlUri),
]);

test.each<[string, Issued, Readonly<Record<string, Uint8Array>>, string]>([
  ['nobody to ask', leafWith(), {}, 'good by none'],
  ['a list without it', byCrl, { [crlUri]: crl(undefined) }, 'good by crl'],
  ['a list with it', byCrl, { [crlUri]: crl(byCrl) }, 'revoked by crl'],
  ['no list', byCrl, {}, 'unknown by crl'],
  ['what is no list', byCrl, { [crlUri]: new Uint8Array([1, 2]) }, 'unknown by crl'],
  ['an answer', byOcsp, { [ocspUri]: answer(good) }, 'good by ocsp'],
  ['a bad answer', byOcsp, { [ocspUri]: answer(revoked) }, 'revoked by ocsp'],
  ['an answer that knows nothing', byOcsp, { [ocspUri]: answer({ status: 'unknown' }) }, 'unknown by ocsp'],
  ['an answer about another', byOcsp, { [ocspUri]: answer(good, byCrl) }, 'unknown by ocsp'],
  ['no answer', byOcsp, {}, 'unknown by ocsp'],
  [
    'an answer before a list',
    byBoth,
    { [ocspUri]: answer(good, byBoth), [crlUri]: crl(byBoth) },
    'good by ocsp',
  ],
  ['a list without an answer', byBoth, { [crlUri]: crl(byBoth) }, 'revoked by crl'],
  [
    'a list after an answer that knows nothing',
    byBoth,
    { [ocspUri]: answer({ status: 'unknown' }, byBoth), [crlUri]: crl(undefined) },
    'good by crl',
  ],
  ['neither', byBoth, {}, 'unknown by crl'],
  [
    'a delegate',
    byOcsp,
    { [ocspUri]: answer(good, byOcsp, delegate), [crlUri]: crl(undefined) },
    'good by ocsp',
  ],
  [
    'a revoked delegate',
    byOcsp,
    { [ocspUri]: answer(good, byOcsp, delegate), [crlUri]: crl(delegate) },
    'unknown by ocsp',
  ],
  [
    'a delegate of whom nobody can tell',
    byOcsp,
    { [ocspUri]: answer(good, byOcsp, delegate) },
    'unknown by ocsp',
  ],
  ['a place that is not of HTTP', leafWith(listAt('ldap://a/b')), {}, 'unknown by crl'],
  [
    'points that cannot be read',
    leafWith(extension(extensionOids.crlDistributionPoints, new Uint8Array([4, 0]))),
    {},
    'unknown by none',
  ],
])('%s', async (_, leaf, places, expected) => {
  expect(await statusOf(leaf, { source: serving(places) })).toBe(expected);
});

test('without a network only the cache answers', async () => {
  expect(await statusOf(byCrl)).toBe('unknown by crl');
  const cache: RevocationCache = { get: async () => crl(undefined), set: async () => undefined };
  expect(await statusOf(byCrl, { cache })).toBe('good by crl');
  expect(await statusOf(byCrl, { cache, now: noon + 4 * hour })).toBe('unknown by crl');
});

test('lists that hold are kept', async () => {
  const kept = new Map<string, Uint8Array>();
  const cache: RevocationCache = {
    get: async (uri) => kept.get(uri),
    set: async (uri, bytes) => void kept.set(uri, bytes),
  };
  expect(await statusOf(byCrl, { cache, source: serving({ [crlUri]: new Uint8Array([1]) }) })).toBe(
    'unknown by crl',
  );
  expect(kept.size).toBe(0);
  expect(await statusOf(byCrl, { cache, source: serving({ [crlUri]: crl(byCrl) }) })).toBe('revoked by crl');
  expect(await statusOf(byCrl, { cache })).toBe('revoked by crl');
});

test('delta lists count, and have to be there', async () => {
  const base = crl(undefined, {}, [freshestAt(deltaUri)]);
  const held = crl(byCrl, { reason: 'certificateHold' }, [freshestAt(deltaUri)]);
  const status = (list: Uint8Array, changes?: Uint8Array) =>
    statusOf(byCrl, {
      source: serving({ [crlUri]: list, ...(changes === undefined ? {} : { [deltaUri]: changes }) }),
    });
  expect(await status(base, delta([], 'keyCompromise'))).toBe('good by crl');
  expect(await status(base, delta([byCrl], 'keyCompromise'))).toBe('revoked by crl');
  expect(await status(held, delta([], 'keyCompromise'))).toBe('revoked by crl');
  expect(await status(held, delta([byCrl], 'removeFromCRL'))).toBe('good by crl');
  expect(await status(base)).toBe('unknown by crl');
  expect(await status(base, base)).toBe('unknown by crl');
});

test('a key that was lost after the signature did not make it', async () => {
  const source = serving({ [crlUri]: crl(byCrl, { invalidityDate: noon + hour }) });
  expect(await statusOf(byCrl, { source, signedAt: noon })).toBe('good by crl');
  expect(await statusOf(byCrl, { source, signedAt: noon + hour })).toBe('revoked by crl');
  expect(await statusOf(byCrl, { source })).toBe('revoked by crl');
});

test.each([
  ['trusted', own, 1],
  ['trusted by nobody', stampRoot, 0],
])('servers that a chain names are asked where it is %s', async (_, anchor, questions) => {
  const { bytes, mediaType } = await signNotation(target, {
    format: 'jws',
    signer: notarySignerOf(byCrl.key),
    chain: [byCrl.certificate, own.certificate],
    signingTime: noon + hour,
  });
  const asked: string[] = [];
  const ask = (uri: string) => {
    asked.push(uri);
    return silent();
  };
  const verdict = await verifyNotation(bytes, mediaType, {
    ...requirements,
    policy: policyWith({ signatureVerification: { level: 'audit' }, trustedIdentities: ['*'] }),
    trustStores: { certificates: () => [anchor.certificate] },
    revocation: { ocsp: ask, crl: ask },
  });
  expect([verdict.outcome, asked.length]).toEqual(['accepted', questions]);
});
