import { describe, expect, test } from 'vitest';
import { type Certificate, readCertificate } from '../certificates/certificate.ts';
import { extensionOids, keyPurposes } from '../certificates/extensions.ts';
import { der } from '../der/writer.ts';
import { PkiError, type PkiErrorCode } from '../errors.ts';
import {
  type AlternativeName,
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  subjectAlternativeName,
  writeGeneralName,
} from '../issuing/extensions.ts';
import type { CertificateInput } from '../issuing/issue-certificate.ts';
import { caExtensions, hour, type Issued, issue, leafExtensions, noon } from '../testing/authority.ts';
import { type ChainOptions, verifyChain } from './verify-chain.ts';

const root = issue('root', undefined);
const middle = issue('middle', root);
const leaf = issue('leaf', middle, { extensions: leafExtensions });

const verify = (end: Issued, above: readonly Issued[], options: Partial<ChainOptions> = {}) =>
  verifyChain(end.certificate, {
    roots: [root.certificate],
    intermediates: above.map(({ certificate }) => certificate),
    at: noon + hour,
    ...options,
  });

function refusal(run: () => unknown): [PkiErrorCode, string] {
  try {
    run();
  } catch (error) {
    if (error instanceof PkiError) return [error.code, error.message];
    throw error;
  }
  return expect.fail('was accepted');
}

describe('accepted', () => {
  test('from the leaf to the root', () => {
    expect(verify(leaf, [middle])).toEqual([leaf, middle, root].map(({ certificate }) => certificate));
    expect(
      verify(leaf, [root, middle, leaf], { requireExtendedKeyUsage: keyPurposes.codeSigning }),
    ).toHaveLength(3);
  });

  test('a leaf that is trusted itself', () => {
    expect(verify(leaf, [], { roots: [readCertificate(leaf.certificate.bytes)] })).toHaveLength(1);
  });

  test('a root that another CA issued', () => {
    expect(verify(leaf, [], { roots: [middle.certificate] })).toHaveLength(2);
  });

  test('both ends of the validity', () => {
    expect(verify(leaf, [middle], { at: noon })).toHaveLength(3);
    expect(verify(leaf, [middle], { at: noon + 24 * hour })).toHaveLength(3);
  });

  test('the way round a cross-signed CA that does not lead to the root', () => {
    const other = issue('other', undefined);
    const crossed = issue('middle', other, { key: middle.key });
    expect(verify(leaf, [crossed, other, middle])[1]).toBe(middle.certificate);
  });

  test('self-issued CAs do not count for the path length', () => {
    const narrow = issue('narrow', root, { extensions: caExtensions(0) });
    const rolled = issue('narrow', narrow);
    expect(verify(issue('leaf', rolled, { extensions: leafExtensions }), [narrow, rolled])).toHaveLength(4);
  });
});

describe('refused', () => {
  const below = (ca: Partial<CertificateInput>, end: Partial<CertificateInput> = {}) => {
    const issuer = issue('ca', root, ca);
    return () => verify(issue('leaf', issuer, { extensions: leafExtensions, ...end }), [issuer]);
  };
  const critical = { oid: '1.2.3', critical: true, value: der.null() };

  test.each<[string, () => unknown, PkiErrorCode, string]>([
    ['no intermediate', () => verify(leaf, []), 'CHAIN_NO_ISSUER', 'CN=leaf'],
    ['no root', () => verify(leaf, [middle], { roots: [] }), 'CHAIN_NO_ISSUER', 'CN=middle'],
    ['too early', () => verify(leaf, [middle], { at: noon - 1 }), 'CHAIN_TIME', 'CN=leaf'],
    ['too late', () => verify(leaf, [middle], { at: noon + 24 * hour + 1 }), 'CHAIN_TIME', 'CN=leaf'],
    ['no time', () => verify(leaf, [middle], { at: Number.NaN }), 'CHAIN_TIME', 'NaN'],
    ['CA not yet valid', below({ notBefore: noon + 2 * hour }), 'CHAIN_TIME', 'CN=ca'],
    ['no CA', below({ extensions: [basicConstraints(false)] }), 'CHAIN_CA', 'CN=ca'],
    ['CA of no word', below({ extensions: [] }), 'CHAIN_CA', 'CN=ca'],
    [
      'key that may not sign certificates',
      below({ extensions: [basicConstraints(true), keyUsage(['cRLSign'])] }),
      'CHAIN_CA',
      'may not sign certificates',
    ],
    [
      'unknown critical extension of the leaf',
      below({}, { extensions: [critical] }),
      'CHAIN_CRITICAL_EXTENSION',
      '1.2.3',
    ],
    ['of the CA', below({ extensions: [...caExtensions(), critical] }), 'CHAIN_CRITICAL_EXTENSION', 'CN=ca'],
    [
      'path length',
      () => {
        const outer = issue('outer', root, { extensions: caExtensions(0) });
        const inner = issue('inner', outer);
        return verify(issue('leaf', inner, { extensions: [] }), [inner, outer]);
      },
      'CHAIN_PATH_LENGTH',
      'CN=outer',
    ],
    [
      'leaf for another purpose',
      () => verify(leaf, [middle], { requireExtendedKeyUsage: keyPurposes.timeStamping }),
      'CHAIN_USAGE',
      'CN=leaf',
    ],
    [
      'leaf of no purpose',
      () =>
        verify(issue('leaf', root, { extensions: [] }), [], {
          requireExtendedKeyUsage: keyPurposes.codeSigning,
        }),
      'CHAIN_USAGE',
      'CN=leaf',
    ],
    [
      'CA for another purpose',
      () => {
        const ca = issue('ca', root, {
          extensions: [...caExtensions(), extendedKeyUsage([keyPurposes.serverAuth])],
        });
        const end = issue('leaf', ca, { extensions: leafExtensions });
        return verify(end, [ca], { requireExtendedKeyUsage: keyPurposes.codeSigning });
      },
      'CHAIN_USAGE',
      'CN=ca',
    ],
    [
      'signed by another key of the same name',
      () => verify(issue('leaf', { ...middle, key: leaf.key }, { extensions: leafExtensions }), [middle]),
      'CHAIN_SIGNATURE',
      'CN=leaf',
    ],
    [
      'a chain of eleven',
      () => {
        const line = [root];
        for (let at = 0; at < 10; at++) line.push(issue(`ca ${at}`, line[at]));
        return verify(line[10] ?? root, line.slice(1));
      },
      'CHAIN_LIMIT',
      'maxChainLength',
    ],
    [
      'endless issuers of one name',
      () => {
        const key = middle.key;
        const many = Array.from({ length: 120 }, () => issue('lost', undefined, { key }));
        return verify(issue('leaf', many[0], { extensions: [] }), many.slice(1), { roots: [] });
      },
      'CHAIN_LIMIT',
      'maxChainAttempts',
    ],
    [
      'two CAs that issued each other',
      () => {
        const one = issue('one', undefined);
        const two = issue('two', one);
        const back = issue('one', two, { key: one.key });
        return verify(issue('leaf', two, { extensions: [] }), [two, back]);
      },
      'CHAIN_NO_ISSUER',
      'CN=',
    ],
  ])('%s', (_, run, code, message) => {
    const [found, text] = refusal(run);
    expect(found).toBe(code);
    expect(text).toContain(message);
  });

  test('an extension that the caller judges is taken', () => {
    const end = issue('leaf', root, { extensions: [critical] });
    expect(verify(end, [], { extraCriticalExtensions: ['1.2.3'] })).toHaveLength(2);
  });

  test.each([0, 1, 2])('a changed byte of certificate %i', (at) => {
    const chain = [leaf, middle, root].map(({ certificate }) => certificate);
    const original = chain[at] ?? root.certificate;
    let refused = 0;
    for (let place = 0; place < original.bytes.length; place += 5) {
      const changed = Uint8Array.from(original.bytes);
      changed[place] = (changed[place] ?? 0) ^ 4;
      try {
        const copy = readCertificate(changed);
        const [end, ...rest] = chain.map((each) => (each === original ? copy : each)) as [
          Certificate,
          Certificate,
          Certificate,
        ];
        verifyChain(end, { roots: [root.certificate], intermediates: rest, at: noon + hour });
        // A changed root is one more intermediate that is not needed.
        expect(at).toBe(2);
      } catch (error) {
        expect(error).toBeInstanceOf(PkiError);
        refused++;
      }
    }
    if (at < 2) expect(refused).toBeGreaterThan(50);
  });
});

describe('name constraints (RFC 5280 section 4.2.1.10)', () => {
  const subtrees = (number: number, names: readonly AlternativeName[]) =>
    names.length === 0
      ? []
      : [der.explicit(number, ...names.map((name) => der.sequence(writeGeneralName(name))))];
  const judge = (
    permitted: readonly AlternativeName[],
    excluded: readonly AlternativeName[],
    names: readonly AlternativeName[],
  ) => {
    const value = der.sequence(...subtrees(0, permitted), ...subtrees(1, excluded));
    const constraint = { oid: extensionOids.nameConstraints, critical: true, value };
    const ca = issue('ca', root, { extensions: [...caExtensions(), constraint] });
    const end = issue('leaf', ca, { extensions: names.length === 0 ? [] : [subjectAlternativeName(names)] });
    try {
      verify(end, [ca]);
      return 'accepted';
    } catch (error) {
      return error instanceof PkiError ? error.code : expect.fail(String(error));
    }
  };
  const dns = (value: string) => ({ type: 'dns', value }) as const;
  const email = (value: string) => ({ type: 'email', value }) as const;
  const uri = (value: string) => ({ type: 'uri', value }) as const;
  const no = 'CHAIN_NAME_CONSTRAINTS';

  test.each<[AlternativeName[], AlternativeName[], AlternativeName[], string]>([
    [[dns('example.com')], [], [dns('example.com'), dns('A.Example.com')], 'accepted'],
    [[dns('example.com')], [], [dns('notexample.com')], no],
    [[dns('example.com')], [], [dns('a.example.com'), dns('example.org')], no],
    [[dns('example.com')], [], [], 'accepted'],
    [[dns('example.com')], [], [email('a@example.org')], 'accepted'],
    [[], [dns('example.com')], [dns('a.example.com')], no],
    [[], [dns('example.com')], [dns('a.example.com.')], no],
    [[], [dns('')], [dns('a')], no],
    [[], [email('')], [email('a@example.com')], no],
    [[], [uri('')], [uri('https://example.com')], no],
    [[uri('example.com')], [], [uri('https://evil.org\\@example.com')], no],
    [[dns('example.com')], [dns('a.example.com')], [dns('b.a.example.com')], no],
    [[email('example.com')], [], [email('a@EXAMPLE.com')], 'accepted'],
    [[email('example.com')], [], [email('a@b.example.com')], no],
    [[email('.example.com')], [], [email('a@b.example.com')], 'accepted'],
    [[email('a@example.com')], [], [email('A@example.com')], no],
    [[email('a@example.com')], [], [email('a@example.com')], 'accepted'],
    [[uri('example.com')], [], [uri('https://user@example.com:8443/x')], 'accepted'],
    [[uri('example.com')], [], [uri('https://a.example.com/')], no],
    [[uri('.example.com')], [], [uri('https://a.example.com')], 'accepted'],
    [[uri('example.com')], [], [uri('https://evil.org/example.com')], no],
    [[uri('example.com')], [], [uri('https://example.com@evil.org/')], no],
    [[uri('example.com')], [], [uri('spiffe:x')], no],
    [[uri('example.com')], [], [uri('https://192.0.2.1/')], no],
    [[{ type: 'directory', value: [['O', 'KEELSON']] }], [], [], 'accepted'],
    [[{ type: 'directory', value: [['O', 'other']] }], [], [], no],
    [[{ type: 'otherName', oid: '1.2.3', value: 'x' }], [], [dns('a')], 'accepted'],
    [
      [{ type: 'otherName', oid: '1.2.3', value: 'x' }],
      [],
      [{ type: 'otherName', oid: '1.2.3', value: 'x' }],
      'CHAIN_CRITICAL_EXTENSION',
    ],
  ])('%j but %j: %j is %s', (permitted, excluded, names, verdict) =>
    expect(judge(permitted, excluded, names)).toBe(verdict),
  );

  test('of addresses, by mask', () => {
    const network = der.sequence(der.element(0x87, Uint8Array.of(192, 0, 2, 0, 255, 255, 255, 0)));
    const value = der.sequence(der.explicit(0, network));
    const constraint = { oid: extensionOids.nameConstraints, critical: true, value };
    const ca = issue('ca', root, { extensions: [...caExtensions(), constraint] });
    const end = (address: string) =>
      issue('leaf', ca, { extensions: [subjectAlternativeName([{ type: 'ip', value: address }])] });
    expect(verify(end('192.0.2.77'), [ca])).toHaveLength(3);
    expect(refusal(() => verify(end('192.0.3.1'), [ca]))[0]).toBe(no);
    const wrong = der.sequence(der.explicit(1, der.sequence(der.element(0x87, Uint8Array.of(192, 0, 2)))));
    const broken = issue('ca', root, { extensions: [...caExtensions(), { ...constraint, value: wrong }] });
    expect(refusal(() => verify(issue('leaf', broken), [broken]))[0]).toBe('CERTIFICATE_INVALID');
  });
});
