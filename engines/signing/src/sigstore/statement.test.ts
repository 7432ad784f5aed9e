import { createHash } from 'node:crypto';
import { sign } from '@keelson/pki';
import { describe, expect, test } from 'vitest';
import type { SigningErrorCode } from '../errors.ts';
import { newKey } from '../testing/authority.ts';
import { type Artifact, artifactOfBytes, artifactOfDigest } from './artifact.ts';
import { byDigest, digest, known, verify } from './testing/attacks.ts';
import { type Json, put } from './testing/json.ts';
import { artifact, hex, issueSigner, makeBundle, statementAbout } from './testing/world.ts';

const statement = statementAbout({ sha256: hex(digest('sha256')) });
const attested = makeBundle({ statement });
const logged = makeBundle();

/** Signed by SHA-384, as a key on P-384 may. */
const wide = (() => {
  const key = newKey('P-384');
  const by = issueSigner({ key });
  const changed = put(makeBundle({ by }), ['messageSignature', 'messageDigest'], {
    algorithm: 'SHA2_384',
    digest: createHash('sha384').update(artifact).digest('base64'),
  });
  const signature = Buffer.from(sign(key, 'ecdsa-sha384', artifact)).toString('base64');
  return put(changed, ['messageSignature', 'signature'], signature);
})();

describe('content', () => {
  const upper = hex(digest('sha256')).toUpperCase();
  const right = { sha256: hex(digest('sha256')) };
  const wrong = { sha256: '00'.repeat(32) };
  const about = (...digests: Record<string, string>[]) =>
    makeBundle({ statement: statementAbout(...digests) });

  test.each<[string, Json, Artifact]>([
    ['two subjects of which one is it', about(wrong, right), byDigest],
    ['a digest in upper case', about({ sha256: upper }), byDigest],
    ['digests of which one is not known', about({ ...right, gitCommit: 'ab' }), byDigest],
    ['two digests', about({ ...right, sha512: hex(digest('sha512')) }), known],
    ['a hash by its number', put(logged, ['messageSignature', 'messageDigest', 'algorithm'], 1), byDigest],
  ])('%s', (_, bundle, of) => {
    expect(() => verify(bundle, {}, of)).not.toThrow();
  });

  test.each<[string, SigningErrorCode, Json, Artifact]>([
    ['another artifact', 'ARTIFACT_MISMATCH', logged, artifactOfBytes(Buffer.from('else'))],
    ['another digest', 'ARTIFACT_MISMATCH', logged, artifactOfDigest(`sha256:${'00'.repeat(32)}`)],
    [
      'a digest that the key does not sign',
      'ARTIFACT_MISMATCH',
      logged,
      artifactOfDigest(`sha512:${hex(digest('sha512'))}`),
    ],
    [
      'no named digest',
      'BUNDLE_INVALID',
      put(logged, ['messageSignature', 'messageDigest'], undefined),
      artifactOfBytes(Buffer.from('else')),
    ],
    [
      'a digest of another',
      'ARTIFACT_MISMATCH',
      put(logged, ['messageSignature', 'messageDigest', 'digest'], Buffer.alloc(32).toString('base64')),
      known,
    ],
    [
      'a digest of an algorithm that nobody here can hold against it',
      'LOG_ENTRY_MISMATCH',
      put(logged, ['messageSignature', 'messageDigest'], {
        algorithm: 'SHA2_512',
        digest: Buffer.alloc(64).toString('base64'),
      }),
      byDigest,
    ],
    ['a signature by a hash whose digest is not known', 'ARTIFACT_MISMATCH', wide, byDigest],
    [
      'an algorithm by the name that entries have',
      'BUNDLE_INVALID',
      put(logged, ['messageSignature', 'messageDigest', 'algorithm'], 'sha256'),
      known,
    ],
    ['a Statement about another', 'ARTIFACT_MISMATCH', about(wrong), byDigest],
    ['a subject without digests', 'ARTIFACT_MISMATCH', about({}), byDigest],
    [
      'a digest of another algorithm alone',
      'ARTIFACT_MISMATCH',
      about({ sha512: hex(digest('sha512')) }),
      byDigest,
    ],
    [
      'a digest under an algorithm that is not known',
      'ARTIFACT_MISMATCH',
      about({ md5: hex(digest('sha256')) }),
      byDigest,
    ],
    [
      'one digest right and one wrong',
      'ARTIFACT_MISMATCH',
      about({ ...right, sha512: '00'.repeat(64) }),
      known,
    ],
    [
      'one digest in each of two subjects',
      'ARTIFACT_MISMATCH',
      about({ ...wrong, sha512: hex(digest('sha512')) }, { ...right, sha512: '00'.repeat(64) }),
      known,
    ],
    [
      'the digest with something behind it',
      'ARTIFACT_MISMATCH',
      about({ sha256: `${right.sha256}00` }),
      byDigest,
    ],
    ['no subject', 'STATEMENT_INVALID', about(), byDigest],
    [
      'another payload type',
      'ARTIFACT_MISMATCH',
      makeBundle({ statement, payloadType: 'application/json' }),
      byDigest,
    ],
    [
      'a payload type that was not signed',
      'SIGNATURE_WRONG',
      put(
        makeBundle({ statement, payloadType: 'application/json' }),
        ['dsseEnvelope', 'payloadType'],
        'application/vnd.in-toto+json',
      ),
      byDigest,
    ],
    [
      'another payload',
      'SIGNATURE_WRONG',
      put(attested, ['dsseEnvelope', 'payload'], statementAbout(right, wrong).toString('base64')),
      byDigest,
    ],
    [
      'a Statement with a member twice',
      'STATEMENT_INVALID',
      makeBundle({
        statement: Buffer.from(statement.toString().replace('"subject"', '"subject":[],"subject"')),
      }),
      byDigest,
    ],
  ])('%s: %s', (_, code, bundle, of) => {
    expect(() => verify(bundle, {}, of)).toThrow(expect.objectContaining({ code }));
  });
});
