import { extendedKeyUsage, keyPurposes, keyUsage, publicKeyOfKeyObject } from '@keelson/pki';
import { describe, expect, test } from 'vitest';
import {
  caExtensions,
  hour,
  type Issued,
  issue,
  newKey,
  noon,
  signerExtensions,
} from '../testing/authority.ts';
import { bundleMediaType } from './bundle.ts';
import { byDigest, digest, known, refuses, verify } from './testing/attacks.ts';
import { at, type Json, put } from './testing/json.ts';
import {
  checkpoint,
  claim,
  hex,
  intermediate,
  issuerUri,
  issueSigner,
  makeBundle,
  requirementsOfKey,
  root,
  signedAt,
  signer,
  stamp,
  statementAbout,
  subject,
  trustedRootJson,
  trustedRootWith,
} from './testing/world.ts';
import type { BundleRequirements } from './verify.ts';

const entries = ['verificationMaterial', 'tlogEntries'] as const;
const entry = [...entries, 0] as const;
const proof = [...entry, 'inclusionProof'] as const;
const stamps = ['verificationMaterial', 'timestampVerificationData', 'rfc3161Timestamps'] as const;

const logged = makeBundle();
const tiled = makeBundle({ logs: ['rekor2'], stampedAt: signedAt });
const both = makeBundle({ logs: ['rekor1', 'rekor2'], stampedAt: signedAt });
const withKey = makeBundle({ withKey: true });
const statement = statementAbout({ sha256: hex(digest('sha256')) });
const attested = makeBundle({ statement });
const another = makeBundle({
  blob: Buffer.from('something else'),
  logs: ['rekor1', 'rekor1'],
  stampedAt: signedAt,
});
const twice = makeBundle({ logs: ['rekor1', 'rekor1'] });

const pinned = ({ certificate }: Pick<Issued, 'certificate'>): Partial<BundleRequirements> => ({
  signer: { kind: 'certificate', certificate },
});

test('one certificate is no other, and no other key', () => {
  expect(() => verify(logged, pinned(issueSigner()))).toThrow('the certificate is not the one');
  expect(() => verify(withKey, pinned(issueSigner()))).toThrow('does not hold');
});

describe('accepted', () => {
  test.each<[string, Json, Partial<BundleRequirements>]>([
    ['a certificate, logged', logged, {}],
    ['a log without times, and a timestamp', tiled, { timestamps: 1 }],
    ['two logs', both, { logEntries: 2, timestamps: 1 }],
    ['a key, logged', withKey, requirementsOfKey],
    ['a key, in a log without times', makeBundle({ withKey: true, logs: ['rekor2'] }), requirementsOfKey],
    [
      'a log without times in its last second',
      makeBundle({ logs: ['rekor2'] }),
      {
        fallbackTime: signedAt,
        trustedRoot: trustedRootWith(
          ['tlogs', 1, 'publicKey', 'validFor', 'end'],
          new Date(signedAt).toISOString(),
        ),
      },
    ],
    ['a key alone', makeBundle({ withKey: true, logs: [] }), { ...requirementsOfKey, logEntries: 0 }],
    ['a timestamp alone', makeBundle({ logs: [], stampedAt: signedAt }), { logEntries: 0, timestamps: 1 }],
    ['a Statement', attested, {}],
    ['no time, where one is assumed', makeBundle({ logs: [] }), { logEntries: 0, fallbackTime: signedAt }],
    ['the one certificate, logged', logged, pinned(signer)],
    ['the one certificate by its key alone', makeBundle({ logs: [] }), { ...pinned(signer), logEntries: 0 }],
    ['an intermediate in the bundle', makeBundle({ intermediates: [intermediate] }), rootAlone()],
    [
      'a certificate authority that the trusted root names no time for',
      logged,
      { trustedRoot: trustedRootWith(['certificateAuthorities', 0, 'validFor'], undefined) },
    ],
    [
      'a timestamp authority without a beginning',
      tiled,
      { trustedRoot: trustedRootWith(['timestampAuthorities', 0, 'validFor', 'start'], undefined) },
    ],
  ])('%s', (_, bundle, changes) => {
    for (const of of [known, byDigest]) expect(() => verify(bundle, changes, of)).not.toThrow();
  });

  test('what is said of it', () => {
    const { identity, times, isTimeAssumed } = verify(both);
    expect(identity).toMatchObject({ subjects: [subject], issuer: issuerUri });
    expect([...new Set(times)]).toEqual([signedAt]);
    expect(isTimeAssumed).toBe(false);
    const key = { ...requirementsOfKey, logEntries: 0, fallbackTime: signedAt };
    expect(verify(makeBundle({ withKey: true, logs: ['rekor2'] }), key).isTimeAssumed).toBe(true);
    expect(verify(makeBundle({ withKey: true, logs: [] }), key).isTimeAssumed).toBe(false);
  });
});

function rootAlone(): Partial<BundleRequirements> {
  const chain = ['certificateAuthorities', 0, 'certChain', 'certificates'];
  const last = at(trustedRootJson, [...chain, 1]);
  return { trustedRoot: trustedRootWith(chain, [last]) };
}

describe('keys and certificates do not stand in for one another', () => {
  refuses([
    ['a certificate where a key is expected', 'KEY_EXPECTED', () => logged, requirementsOfKey],
    ['a key where an identity is expected', 'CERTIFICATE_EXPECTED', () => withKey],
    [
      'a key that did not sign',
      'SIGNATURE_WRONG',
      () => withKey,
      { ...requirementsOfKey, signer: { kind: 'key', key: publicKeyOfKeyObject(newKey()) } },
    ],
  ]);
});

describe('every log entry is bound to the signature', () => {
  const foreign = at(another, entry);
  const promise = [...entry, 'inclusionPromise'];
  refuses([
    ['an entry of another signature', 'LOG_ENTRY_MISMATCH', () => put(logged, entry, foreign)],
    [
      'an entry of another signature behind the right one',
      'LOG_ENTRY_MISMATCH',
      () => put(logged, entries, [at(logged, entry), at(another, [...entries, 1])]),
    ],
    ['one entry twice', 'BUNDLE_INVALID', () => put(logged, entries, [at(logged, entry), at(logged, entry)])],
    [
      'an entry of the same artifact by another key',
      'LOG_ENTRY_MISMATCH',
      () => put(logged, entry, at(makeBundle({ by: issueSigner() }), entry)),
    ],
    [
      'an entry of the same key under another certificate',
      'LOG_ENTRY_MISMATCH',
      () => put(withKey, entry, at(logged, entry)),
      requirementsOfKey,
    ],
    ['an entry of an attestation', 'LOG_ENTRY_MISMATCH', () => put(logged, entry, at(attested, entry))],
    ['an entry of a file', 'LOG_ENTRY_MISMATCH', () => put(attested, entry, at(logged, entry))],
    ['none', 'LOG_ENTRY_MISSING', () => makeBundle({ logs: [], stampedAt: signedAt })],
    ['two entries of one log in place of two logs', 'LOG_ENTRY_MISSING', () => twice, { logEntries: 2 }],
    [
      'one log trusted twice in place of two logs',
      'LOG_ENTRY_MISSING',
      () => twice,
      {
        logEntries: 2,
        trustedRoot: trustedRootWith(
          ['tlogs'],
          [at(trustedRootJson, ['tlogs', 0]), at(trustedRootJson, ['tlogs', 0])],
        ),
      },
    ],
    ['another time', 'LOG_PROMISE_WRONG', () => put(logged, [...entry, 'integratedTime'], '1767276000')],
    ['another number', 'LOG_PROMISE_WRONG', () => put(logged, [...entry, 'logIndex'], '2')],
    [
      'a promise without a time',
      'LOG_PROMISE_WRONG',
      () => put(put(logged, [...entry, 'integratedTime'], undefined), stamps, [stampOf(logged)]),
    ],
    [
      'a proof without a checkpoint beside a promise',
      'BUNDLE_INVALID',
      () => put(makeBundle({ intermediates: [] }), [...proof, 'checkpoint'], undefined),
    ],
    ['a time without a promise', 'TIME_MISSING', () => put(logged, promise, undefined)],
    ['a promise of another entry', 'LOG_PROMISE_WRONG', () => put(logged, promise, at(another, promise))],
    [
      'another kind than the body',
      'LOG_ENTRY_INVALID',
      () => put(tiled, [...entry, 'kindVersion', 'kind'], 'dsse'),
    ],
  ]);
});

/** The timestamp over a bundle's own signature. */
function stampOf(bundle: Json, time = signedAt): Json {
  const text = at(bundle, ['messageSignature', 'signature']);
  return stamp(Buffer.from(typeof text === 'string' ? text : '', 'base64'), time);
}

describe('every inclusion proof leads to a checkpoint of its log', () => {
  const ended = trustedRootWith(['tlogs', 1, 'publicKey', 'validFor', 'end'], '2026-01-01T12:59:59Z');
  const rootHash = [...proof, 'rootHash'];
  const note = [...proof, 'checkpoint', 'envelope'];
  const rootBytes = Buffer.from(String(at(tiled, rootHash)), 'base64');
  const zeros = Buffer.alloc(32);
  const forged = (_: string, line: string) => {
    const wrong = line.replace(/.{8}$/, 'AAAAAAA=');
    return `\n\n${`${wrong}\n`.repeat(100)}${line}\n`;
  };
  refuses([
    ['another root', 'CHECKPOINT_WRONG', () => put(tiled, rootHash, zeros.toString('base64'))],
    ['another size', 'CHECKPOINT_WRONG', () => put(tiled, [...proof, 'treeSize'], '3')],
    ['a hash too few', 'LOG_PROOF_WRONG', () => put(tiled, [...proof, 'hashes'], [])],
    [
      'a hash too many',
      'LOG_PROOF_WRONG',
      () => put(tiled, [...proof, 'hashes'], [at(tiled, [...proof, 'hashes', 0]), zeros.toString('base64')]),
    ],
    ['another leaf', 'LOG_PROOF_WRONG', () => put(tiled, [...proof, 'logIndex'], '0')],
    ['another number in a log of one tree', 'LOG_PROOF_WRONG', () => put(tiled, [...entry, 'logIndex'], '0')],
    [
      'a checkpoint by another log',
      'CHECKPOINT_WRONG',
      () => put(tiled, note, checkpoint('rekor1', 2, rootBytes)),
    ],
    [
      'a checkpoint of another tree by the same key',
      'CHECKPOINT_WRONG',
      () => put(tiled, note, checkpoint('rekor2', 2, rootBytes, 'other.test')),
    ],
    [
      'a changed checkpoint',
      'CHECKPOINT_WRONG',
      () => put(tiled, note, String(at(tiled, note)).replace('\n\n', '\nmore\n\n')),
    ],
    [
      'a checkpoint with lines of others under the name of the log before its own',
      'CHECKPOINT_WRONG',
      () => put(tiled, note, String(at(tiled, note)).replace(/\n\n(.*)\n$/s, forged)),
    ],
    [
      'a log that is not trusted',
      'LOG_UNTRUSTED',
      () => tiled,
      { trustedRoot: trustedRootWith(['tlogs'], []) },
    ],
    ['a log that ended', 'LOG_UNTRUSTED', () => tiled, { trustedRoot: ended }],
    [
      'a log that ended before another log promised',
      'LOG_UNTRUSTED',
      () => makeBundle({ logs: ['rekor1', 'rekor2'] }),
      { trustedRoot: ended },
    ],
    [
      'a log that ended before the time that is assumed',
      'LOG_UNTRUSTED',
      () => makeBundle({ logs: ['rekor2'] }),
      { trustedRoot: ended, fallbackTime: signedAt },
    ],
    [
      'the same with a key',
      'LOG_UNTRUSTED',
      () => makeBundle({ logs: ['rekor2'], withKey: true }),
      { ...requirementsOfKey, trustedRoot: ended, fallbackTime: signedAt },
    ],
    [
      'a log that ends, with a key at no time',
      'TIME_MISSING',
      () => makeBundle({ logs: ['rekor2'], withKey: true }),
      { ...requirementsOfKey, trustedRoot: ended },
    ],
    [
      'a log without a beginning',
      'LOG_UNTRUSTED',
      () => tiled,
      { trustedRoot: trustedRootWith(['tlogs', 1, 'publicKey', 'validFor', 'start'], undefined) },
    ],
  ]);
});

describe('every time is trusted, and counts', () => {
  const late = noon + 25 * hour;
  const authority = at(trustedRootJson, ['timestampAuthorities', 0]);
  const shortLived = issue('intermediate', root, caExtensions(0), { notAfter: signedAt - 1_000 });
  refuses([
    ['no time', 'TIME_MISSING', () => makeBundle({ logs: ['rekor2'] })],
    ['no timestamp', 'TIMESTAMP_MISSING', () => logged, { timestamps: 1 }],
    [
      'a timestamp of another signature',
      'TIMESTAMP_WRONG',
      () => put(tiled, [...stamps, 0], stampOf(another)),
    ],
    [
      'a wrong timestamp beside a right one, none required',
      'TIMESTAMP_WRONG',
      () => put(tiled, stamps, [at(tiled, [...stamps, 0]), stampOf(another)]),
    ],
    [
      'a stamp of one authority twice',
      'TIMESTAMP_MISSING',
      () => put(tiled, stamps, [stampOf(tiled), stampOf(tiled)]),
      { timestamps: 2 },
    ],
    [
      'stamps of one authority in two of its periods',
      'TIMESTAMP_MISSING',
      () => put(tiled, stamps, [stampOf(tiled), stampOf(tiled, signedAt + 2_000)]),
      {
        timestamps: 2,
        trustedRoot: trustedRootWith(
          ['timestampAuthorities'],
          [
            put(authority, ['validFor', 'end'], new Date(signedAt + 1_000).toISOString()),
            put(authority, ['validFor', 'start'], new Date(signedAt + 1_000).toISOString()),
          ],
        ),
      },
    ],
    [
      'an authority that is not trusted',
      'TIMESTAMP_WRONG',
      () => tiled,
      { trustedRoot: trustedRootWith(['timestampAuthorities'], []) },
    ],
    [
      'an authority for certificates in the place of one for timestamps',
      'TIMESTAMP_WRONG',
      () => tiled,
      {
        trustedRoot: trustedRootWith(
          ['timestampAuthorities'],
          [at(trustedRootJson, ['certificateAuthorities', 0])],
        ),
      },
    ],
    [
      'a timestamp after the end of the authority',
      'TIMESTAMP_WRONG',
      () => makeBundle({ logs: [], stampedAt: late }),
      { logEntries: 0 },
    ],
    [
      'a promise in time and a timestamp before the certificate',
      'TIMESTAMP_WRONG',
      () => put(logged, stamps, [stampOf(logged, noon - 1_000)]),
    ],
    [
      'an authority whose trust ended before',
      'CERTIFICATE_UNTRUSTED',
      () => logged,
      {
        trustedRoot: trustedRootWith(
          ['certificateAuthorities', 0, 'validFor', 'end'],
          '2026-01-01T12:59:59Z',
        ),
      },
    ],
    [
      'an authority without a beginning whose trust ended before',
      'CERTIFICATE_UNTRUSTED',
      () => logged,
      {
        trustedRoot: trustedRootWith(['certificateAuthorities', 0, 'validFor'], {
          end: '2026-01-01T12:59:59Z',
        }),
      },
    ],
    [
      'an intermediate that ended before, in the bundle',
      'CERTIFICATE_UNTRUSTED',
      () => makeBundle({ by: issueSigner({ issuer: shortLived }), intermediates: [shortLived] }),
    ],
    [
      'the same without a log',
      'CERTIFICATE_UNTRUSTED',
      () => makeBundle({ by: issueSigner({ issuer: shortLived }), intermediates: [shortLived], logs: [] }),
      { logEntries: 0, fallbackTime: signedAt },
    ],
  ]);
});

describe('certificates', () => {
  const own = issue('intermediate', issue('root', undefined, caExtensions()), caExtensions(0));
  const plainLeaf = issueSigner();
  const purposes = (...list: string[]) => [keyUsage(['digitalSignature']), extendedKeyUsage(list)];
  const by = (input: Parameters<typeof issueSigner>[0]) => () => makeBundle({ by: issueSigner(input) });
  refuses([
    ['of an authority of the same name', 'CERTIFICATE_UNTRUSTED', by({ issuer: own })],
    [
      'with that authority in the bundle',
      'CERTIFICATE_UNTRUSTED',
      () => makeBundle({ by: issueSigner({ issuer: own }), intermediates: [own] }),
    ],
    [
      'issued by a signer',
      'CERTIFICATE_UNTRUSTED',
      () => makeBundle({ by: issueSigner({ issuer: plainLeaf }), intermediates: [plainLeaf] }),
    ],
    ['for servers', 'CERTIFICATE_UNTRUSTED', by({ extensions: purposes(keyPurposes.serverAuth) })],
    ['for any purpose', 'CERTIFICATE_UNTRUSTED', by({ extensions: purposes(keyPurposes.any) })],
    ['for no purpose', 'CERTIFICATE_UNTRUSTED', by({ extensions: [keyUsage(['digitalSignature'])] })],
    [
      'not for signatures',
      'CERTIFICATE_UNTRUSTED',
      by({ extensions: [keyUsage(['keyAgreement']), extendedKeyUsage([keyPurposes.codeSigning])] }),
    ],
    [
      'with a critical extension that is not known',
      'CERTIFICATE_UNTRUSTED',
      by({ extensions: [...signerExtensions, { ...claim(99, 'x'), critical: true }] }),
    ],
    [
      'that is a CA below one that allows none',
      'CERTIFICATE_UNTRUSTED',
      () => {
        const below = issue('below', intermediate, caExtensions());
        return makeBundle({ by: issueSigner({ issuer: below }), intermediates: [below] });
      },
    ],
    ['not logged', 'SCT_MISSING', by({ logged: false })],
    ['logged with another identity', 'SCT_WRONG', by({ logged: signerExtensions })],
    [
      'logged in a log that is not trusted',
      'SCT_WRONG',
      () => logged,
      { trustedRoot: trustedRootWith(['ctlogs'], []) },
    ],
    [
      'logged in a log that began later',
      'SCT_WRONG',
      () => logged,
      {
        trustedRoot: trustedRootWith(['ctlogs', 0, 'publicKey', 'validFor', 'start'], '2026-01-01T13:00:01Z'),
      },
    ],
    [
      'of Fulcio in a chain, where a bundle has it alone',
      'BUNDLE_INVALID',
      () => put(makeBundle({ intermediates: [] }), ['mediaType'], bundleMediaType),
    ],
    [
      'with two issuers',
      'CERTIFICATE_UNTRUSTED',
      by({ claims: [claim(1, issuerUri), claim(8, 'https://evil.example')] }),
    ],
    [
      'with an issuer that is no text',
      'CERTIFICATE_UNTRUSTED',
      by({ claims: [{ ...claim(8, ''), value: Uint8Array.of(1) }] }),
    ],
  ]);
});
