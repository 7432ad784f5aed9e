import { describe, expect, test } from 'vitest';
import { refuses, verify } from './testing/attacks.ts';
import { issuerUri, issueSigner, makeBundle, subject } from './testing/world.ts';
import { exactly, matching } from './text-matcher.ts';
import type { BundleRequirements } from './verify.ts';

const logged = makeBundle();

describe('identities', () => {
  const accepting = (name: string, issuer = issuerUri): Partial<BundleRequirements> => ({
    signer: { kind: 'identities', identities: [{ subject: exactly(name), issuer: exactly(issuer) }] },
  });
  const named = (...values: string[]) =>
    makeBundle({ by: issueSigner({ names: values.map((value) => ({ type: 'email', value })) }) });
  refuses([
    ['another subject', 'IDENTITY_MISMATCH', () => logged, accepting('other@example.com')],
    ['another issuer', 'IDENTITY_MISMATCH', () => logged, accepting(subject, 'https://evil.example')],
    ['nobody', 'CERTIFICATE_UNTRUSTED', () => makeBundle({ by: issueSigner({ names: [] }) })],
    ['two names, of which one is right', 'CERTIFICATE_UNTRUSTED', () => named(subject, 'other@example.com')],
    [
      'the name of a host, which Fulcio certifies for nobody',
      'IDENTITY_MISMATCH',
      () => makeBundle({ by: issueSigner({ names: [{ type: 'dns', value: subject }] }) }),
    ],
    ['an empty name', 'IDENTITY_MISMATCH', () => named(''), accepting('')],
    ['a NUL behind the name', 'IDENTITY_MISMATCH', () => named(`${subject}\0.evil.example`)],
    ['a line end behind the name', 'IDENTITY_MISMATCH', () => named(`${subject}\n`)],
    ['capitals', 'IDENTITY_MISMATCH', () => named(subject.toUpperCase())],
    ['the names in one', 'IDENTITY_MISMATCH', () => named(`evil@example.com, ${subject}`)],
    ['no issuer', 'IDENTITY_MISMATCH', () => makeBundle({ by: issueSigner({ claims: [] }) })],
    [
      'nobody who is accepted',
      'IDENTITY_MISMATCH',
      () => logged,
      { signer: { kind: 'identities', identities: [] } },
    ],
    [
      'the subject of one and the issuer of another who are accepted',
      'IDENTITY_MISMATCH',
      () => logged,
      {
        signer: {
          kind: 'identities',
          identities: [
            { subject: exactly(subject), issuer: exactly('https://other.example') },
            { subject: exactly('other@example.com'), issuer: exactly(issuerUri) },
          ],
        },
      },
    ],
    [
      'a pattern that matches a part',
      'IDENTITY_MISMATCH',
      () => logged,
      {
        signer: {
          kind: 'identities',
          identities: [{ subject: matching('dev|example'), issuer: exactly(issuerUri) }],
        },
      },
    ],
    [
      'a claim that is missing',
      'IDENTITY_MISMATCH',
      () => logged,
      {
        signer: {
          kind: 'identities',
          identities: [
            {
              subject: exactly(subject),
              issuer: exactly(issuerUri),
              claims: new Map([['sourceRepositoryUri', exactly('')]]),
            },
          ],
        },
      },
    ],
  ]);

  test('who signed and who should have is told, and that a pattern is for the whole text', () => {
    const [name = ''] = subject.split('@');
    const identities = [{ subject: matching(name), issuer: matching('.*') }];
    const by = issueSigner({ claims: [] });
    expect(() => verify(makeBundle({ by }), { signer: { kind: 'identities', identities } })).toThrow(
      `the certificate is of ${subject} (issuer: none), not of /${name}/ (issuer: /.*/); /${name}/ matches a part alone, and must match the whole`,
    );
  });

  test('of an authority of one’s own one of several names is enough', () => {
    const names = ['other@example.com', subject].map((value) => ({ type: 'email', value }) as const);
    const by = issueSigner({ names, claims: [] });
    const identities = [{ subject: exactly(subject), issuer: matching('.*') }];
    expect(() => verify(makeBundle({ by }), { signer: { kind: 'identities', identities } })).not.toThrow();
  });

  test('a name of a type that is nobody does not count', () => {
    const by = issueSigner({ names: [{ type: 'directory', value: [['CN', 'dev']] }] });
    expect(() => verify(makeBundle({ by }), accepting('CN=dev'))).toThrow(
      expect.objectContaining({ code: 'IDENTITY_MISMATCH' }),
    );
  });

  test('names of users, and of nothing else, among other names', () => {
    const name = (oid: string) =>
      makeBundle({ by: issueSigner({ names: [{ type: 'otherName', oid, value: 'root' }] }) });
    expect(() => verify(name('1.3.6.1.4.1.57264.1.7'), accepting('root'))).not.toThrow();
    expect(() => verify(name('1.3.6.1.4.1.311.20.2.3'), accepting('root'))).toThrow(
      expect.objectContaining({ code: 'IDENTITY_MISMATCH' }),
    );
  });
});
