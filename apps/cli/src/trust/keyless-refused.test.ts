import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKeelsonError } from '@keelson/core';
import { type PublicKey, publicKeyFromPem, publicKeyOfKeyObject, writePem } from '@keelson/pki';
import { artifactOfBytes, generateKey, readBundle, signBlob } from '@keelson/signing';
import {
  requestFrom,
  type ServiceAnswer,
  TestSigstore,
  type TestSigstoreOptions,
} from '@keelson/sigstore-testing';
import { describe, expect, test } from 'vitest';
import { signingOf } from './key-flags.ts';
import { writeImage } from './testing/image-layout.ts';
import { email, inWorld, services } from './testing/sigstore-world.ts';

/** What a service answers in the place of its own; `other` is a Sigstore that nobody trusts. */
type Alter = (
  answer: ServiceAnswer,
  sigstore: TestSigstore,
  other: TestSigstore,
) => Uint8Array | Promise<Uint8Array>;

const of =
  (service: ServiceAnswer['service'], alter: Alter): Alter =>
  (answer, ...sigstores) =>
    answer.service === service ? alter(answer, ...sigstores) : answer.answer;
const says = (text: string) => () => Buffer.from(text);

/** Changes one member of a log's entry. */
const inEntry = (path: readonly string[], change: (value: string) => unknown): Alter =>
  of('log', ({ answer }) => {
    const entry = JSON.parse(Buffer.from(answer).toString('utf8'));
    // The first Rekor puts its entry into an object of one member.
    const whole = 'canonicalizedBody' in entry ? entry : Object.values(entry)[0];
    const holder = path.slice(0, -1).reduce((value, name) => value[name], whole);
    const last = path.at(-1) ?? '';
    holder[last] = change(holder[last]);
    return Buffer.from(JSON.stringify(entry));
  });

const flipped = (text: string) => {
  const bytes = Buffer.from(text, 'base64');
  bytes[8] = (bytes[8] ?? 0) ^ 1;
  return bytes.toString('base64');
};

/** A timestamp that is truly signed, and not the one that is asked for. */
const restamped = (change: Partial<ReturnType<typeof requestFrom>>): Alter =>
  of('timestamps', ({ asked }, { timestampAuthority }) =>
    timestampAuthority.stamp({ ...requestFrom(asked), ...change }),
  );

/** A certificate of one of the two authorities, for another key or for the one that is asked for. */
const certified = (
  pick: (sigstore: TestSigstore, other: TestSigstore) => TestSigstore,
  key?: PublicKey,
): Alter =>
  of('certificates', ({ asked }, sigstore, other) => {
    const { content } = JSON.parse(Buffer.from(asked).toString('utf8')).publicKeyRequest.publicKey;
    const certificate = pick(sigstore, other).certificateAuthority.certify(key ?? publicKeyFromPem(content), {
      subject: email,
      kind: 'email',
    });
    const certificates = [writePem('CERTIFICATE', certificate.bytes)];
    return Buffer.from(JSON.stringify({ signedCertificateDetachedSct: { chain: { certificates } } }));
  });

/** The entry that another log makes of the same request. */
async function elsewhere(
  { asked }: ServiceAnswer,
  other: TestSigstore,
): Promise<{ inclusionProof: { rootHash: string } }> {
  const answer = await fetch(`${other.url}/api/v2/log/entries`, { method: 'POST', body: Buffer.from(asked) });
  return JSON.parse(await answer.text());
}

/** The answer to the first request for all that follow. */
function repeated(service: ServiceAnswer['service']): Alter {
  let first: Uint8Array | undefined;
  return of(service, ({ answer }) => {
    first ??= answer;
    return first;
  });
}

const first: TestSigstoreOptions = { rekor: 1 };
const invalid = 'SIGSTORE_ANSWER_INVALID';

test.each<[string, TestSigstoreOptions, () => Alter, string]>([
  ['no JSON of the authority', {}, () => of('certificates', says('rubbish')), invalid],
  ['an answer without certificates', {}, () => of('certificates', says('{}')), invalid],
  [
    'an empty chain',
    {},
    () => of('certificates', says('{"signedCertificateEmbeddedSct":{"chain":{}}}')),
    'answered no certificate',
  ],
  [
    'a chain of something else',
    {},
    () => of('certificates', says('{"signedCertificateEmbeddedSct":{"chain":{"certificates":["rubbish"]}}}')),
    invalid,
  ],
  [
    'a certificate for another key',
    {},
    () => certified((sigstore) => sigstore, publicKeyOfKeyObject(generateKey('ecdsa-p256'))),
    'a certificate for another key',
  ],
  ['a certificate of another authority', {}, () => certified((_, other) => other), 'CERTIFICATE_UNTRUSTED'],
  ['no JSON of the log', {}, () => of('log', says('rubbish')), invalid],
  ['another object of the log', {}, () => of('log', says('{}')), invalid],
  ['no JSON of the first Rekor', first, () => of('log', says('rubbish')), invalid],
  ['no entry of the first Rekor', first, () => of('log', says('{}')), invalid],
  ['two entries of the first Rekor', first, () => of('log', says('{"a":{},"b":{}}')), invalid],
  [
    'the entry of another log',
    {},
    () => of('log', async (answer, _, other) => Buffer.from(JSON.stringify(await elsewhere(answer, other)))),
    'LOG_UNTRUSTED',
  ],
  [
    'the checkpoint of another log, over the same tree',
    {},
    () =>
      of('log', async (answer, _, other) => {
        const entry = JSON.parse(Buffer.from(answer.answer).toString('utf8'));
        const { inclusionProof } = await elsewhere(answer, other);
        expect(inclusionProof.rootHash).toBe(entry.inclusionProof.rootHash);
        return Buffer.from(JSON.stringify({ ...entry, inclusionProof }));
      }),
    'CHECKPOINT_WRONG',
  ],
  ['another root', {}, () => inEntry(['inclusionProof', 'rootHash'], flipped), 'CHECKPOINT_WRONG'],
  [
    'another way to the root',
    {},
    () => inEntry(['inclusionProof', 'hashes'], () => [Buffer.alloc(32).toString('base64')]),
    'LOG_PROOF_WRONG',
  ],
  ['another number', {}, () => inEntry(['logIndex'], () => '2'), 'LOG_PROOF_WRONG'],
  ['no checkpoint', {}, () => inEntry(['inclusionProof', 'checkpoint'], () => undefined), 'BUNDLE_INVALID'],
  [
    'another promise',
    first,
    () => inEntry(['verification', 'signedEntryTimestamp'], flipped),
    'LOG_PROMISE_WRONG',
  ],
  [
    'another time than the promise has',
    first,
    () => inEntry(['integratedTime'], (time) => Number(time) + 1),
    'LOG_PROMISE_WRONG',
  ],
  ['no DER of the timestamp authority', {}, () => of('timestamps', says('rubbish')), invalid],
  [
    'a refusal of the timestamp authority',
    {},
    () => of('timestamps', () => Uint8Array.of(0x30, 5, 0x30, 3, 2, 1, 2)),
    'status 2',
  ],
  ['an old nonce', {}, () => restamped({ nonce: 1n }), 'its nonce is another'],
  [
    'a timestamp of another signature',
    {},
    () => restamped({ digest: Buffer.alloc(32) }),
    'of something else',
  ],
  [
    'a timestamp of another authority',
    {},
    () => of('timestamps', ({ asked }, _, other) => other.timestampAuthority.stamp(requestFrom(asked))),
    'TIMESTAMP_WRONG',
  ],
])('refused before it is written: %s', async (_, options, alterOf, expected) => {
  await using other = await TestSigstore.start();
  await inWorld(options, async ({ sigstore, folder }) => {
    const alter = alterOf();
    sigstore.alter = (answer) => alter(answer, sigstore, other);
    const values = {
      'signing-config': join(folder, 'sc.json'),
      'trusted-root': join(folder, 'tr.json'),
      'identity-token': sigstore.token(),
    };
    const made = async () => {
      const { options: by, check } = await signingOf(values);
      check(readBundle(await signBlob(Buffer.from('a'), by)), artifactOfBytes(Buffer.from('a')));
    };
    await expect(made()).rejects.toSatisfy(
      (fault) => isKeelsonError(fault) && `${fault.message} [${fault.code}]`.includes(expected),
    );
    // The same without the lie: it is the answer that is refused.
    sigstore.alter = undefined;
    await made();
  });
});

describe('refused', () => {
  test.each<[string, TestSigstoreOptions]>([
    ['the first Rekor', { rekor: 1 }],
    ['the second', {}],
  ])('the log entry of another signature, by %s', async (_, options) => {
    // One time for all, so that the second certificate is valid at the time of the first signature.
    const time = Date.now();
    await inWorld({ ...options, now: () => time }, async ({ sigstore, folder, sign }) => {
      const alter = repeated('log');
      sigstore.alter = (answer) => alter(answer, sigstore, sigstore);
      expect(await sign('a.txt')).toMatchObject({ code: 0 });
      expect(await sign('b.txt')).toMatchObject({ err: expect.stringContaining('LOG_ENTRY_MISMATCH') });
      expect(readdirSync(folder)).not.toContain('b.txt.bundle');
    });
  });

  test('an image beside which nothing is put', async () => {
    await inWorld({}, async ({ sigstore, folder, run }) => {
      await writeImage(folder, () => []);
      const files = () => readdirSync(join(folder, 'image'), { recursive: true, encoding: 'utf8' }).sort();
      const before = files();
      sigstore.alter = (answer) =>
        inEntry(['inclusionProof', 'rootHash'], flipped)(answer, sigstore, sigstore);
      const by = [...services, '--identity-token', sigstore.token()];
      expect(await run('sign', ...by, 'oci:image:1.0')).toMatchObject({
        out: '',
        err: expect.stringContaining('CHECKPOINT_WRONG'),
      });
      expect(files()).toEqual(before);
    });
  });

  test('a certificate without the proof that it was logged, where logs of certificates are trusted', async () => {
    await using logging = await TestSigstore.start({ certificateLog: true });
    await inWorld({}, async ({ sigstore, folder, sign }) => {
      const { ctlogs } = JSON.parse(logging.trustedRoot);
      const root = JSON.parse(sigstore.trustedRoot);
      writeFileSync(join(folder, 'tr.json'), JSON.stringify({ ...root, ctlogs }));
      expect(await sign()).toMatchObject({ err: expect.stringContaining('SCT_MISSING') });
    });
  });

  test('an expired signing config, which nobody is asked by', async () => {
    await inWorld({}, async ({ sigstore, folder, sign }) => {
      const validFor = { start: '2020-01-01T00:00:00Z', end: '2020-01-02T00:00:00Z' };
      for (const kind of ['caUrls', 'rekorTlogUrls', 'tsaUrls']) {
        const config = JSON.parse(sigstore.signingConfig);
        config[kind] = [{ ...config[kind][0], validFor }];
        writeFileSync(join(folder, 'sc.json'), JSON.stringify(config));
        expect(await sign()).toMatchObject({
          code: 2,
          err: expect.stringContaining('SIGNING_CONFIG_INVALID'),
        });
      }
      expect(sigstore.log).toEqual([]);
    });
  });
});

describe('tokens', () => {
  const cases: readonly [string, (sigstore: TestSigstore) => string, string][] = [
    ['for others', (sigstore) => sigstore.token({ email, audience: 'other' }), 'the token is for others'],
    ['expired', (sigstore) => sigstore.token({ email, lifetime: -1 }), 'the token has expired'],
    [
      'of an unverified address',
      (sigstore) => sigstore.token({ email, emailVerified: false }),
      'not verified',
    ],
    [
      'with another signature',
      (sigstore) => `${sigstore.token().slice(0, -8)}AAAAAAAA`,
      'not of the provider',
    ],
    ['cut at its end', (sigstore) => sigstore.token().replace(/\.[^.]*$/, ''), 'IDENTITY_TOKEN_INVALID'],
    ['cut at its beginning', (sigstore) => sigstore.token().slice(3), 'neither a token nor a file'],
    ['in quotes', (sigstore) => `"${sigstore.token()}"`, 'neither a token nor a file'],
  ];
  test.each(cases)('%s', async (_, tokenOf, expected) => {
    await inWorld({}, async ({ sigstore, run }) => {
      const token = tokenOf(sigstore);
      const result = await run('sign', ...services, '--identity-token', token, '--bundle', 'b', 'a.txt');
      expect(result).toMatchObject({ out: '', err: expect.stringContaining(expected) });
      expect(result.err).not.toContain(token.slice(10, 60));
    });
  });

  test('are nowhere in what is printed and written, even where a service repeats them', async () => {
    await inWorld({}, async ({ sigstore, folder, run }) => {
      const token = sigstore.token();
      const by = [...services, '--identity-token', token];
      const signed = await run('sign', ...by, '--bundle', 'b', 'a.txt');
      expect(signed).toMatchObject({ code: 0 });
      expect(signed.out + signed.err + readFileSync(join(folder, 'b'), 'utf8')).not.toContain(token);
      sigstore.refuse = ({ asked }) => Buffer.from(asked).toString('utf8');
      const refused = await run('sign', ...by, '--bundle', 'c', 'a.txt');
      expect(refused).toMatchObject({ err: expect.stringContaining('SIGSTORE_REFUSED') });
      expect(refused.err).not.toContain(token);
    });
  });

  test('are needed', async () => {
    await inWorld({}, async ({ run }) => {
      expect(await run('sign', ...services, '--bundle', 'b', 'a.txt')).toMatchObject({
        err: expect.stringContaining('IDENTITY_TOKEN_MISSING'),
      });
      const alone = ['--signing-config', 'sc.json', '--bundle', 'b', 'a.txt'];
      expect(await run('sign', ...alone)).toMatchObject({
        code: 2,
        err: expect.stringContaining('--signing-config goes with --trusted-root'),
      });
    });
  });
});
