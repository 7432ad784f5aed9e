import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { predicateTypeOf, readPredicate } from '@keelson/attestation';
import { parseJson } from '@keelson/core';
import { readEnvelope } from '@keelson/envelopes';
import { publicKeyFromPem, readCertificate, readPublicKey } from '@keelson/pki';
import {
  artifactOfDigest,
  exactly,
  identityOf,
  readBundle,
  readStatementHeader,
  readTrustedRoot,
  verifyBundle,
  writeStatement,
} from '@keelson/signing';
import { type Suite, Tally } from './suite.ts';

/** Fixtures of cosign: a trusted root, a bundle out of a registry, keys of certificate logs, envelopes of statements. */
export const suite: Suite = {
  name: 'cosign',
  async run(dir) {
    const tally = new Tally();
    const bytes = (...path: string[]) => readFileSync(join(dir, ...path));
    const cosign = ['pkg', 'cosign', 'testdata'];
    const judge = (id: string, run: () => void): void => {
      try {
        run();
        tally.pass();
      } catch (error) {
        tally.fail(id, String(error));
      }
    };
    judge('the bundle of an attestation', () => {
      const bundle = readBundle(bytes(...cosign, 'oci-attestation.sigstore.json'));
      verifyOwnIdentity(bundle, bytes(...cosign, 'trusted_root_pgi.json'));
    });
    for (const name of ['google', 'letsencrypt-testflume-2021', 'rsa'])
      judge(`the key ${name}`, () => readKey(bytes(...cosign, name)));
    const policy = join(dir, 'pkg', 'policy', 'testdata');
    for (const outcome of ['valid', 'malformed'])
      for (const name of readdirSync(join(policy, outcome)))
        judge(`${outcome}/${name}`, () => {
          const { payload } = readEnvelope(readFileSync(join(policy, outcome, name)));
          const { predicateType } = readStatementHeader(payload);
          if ((predicateTypeOf(predicateType) !== undefined) !== (outcome === 'valid'))
            throw new Error(
              `${predicateType} is taken for ${outcome === 'valid' ? 'no known' : 'a known'} type`,
            );
        });
    judge('a predicate of vulnerabilities', () => {
      const predicate = parseJson(
        bytes('test', 'testdata', 'attestations', 'vuln-predicate.json').toString(),
      );
      const predicateType = 'https://cosign.sigstore.dev/attestation/vuln/v1';
      readPredicate(
        writeStatement({ predicateType, predicate, subject: { digest: `sha256:${'0'.repeat(64)}` } }),
      );
    });
    return tally;
  },
};

/** Verifies a bundle for the identity that its own certificate names. */
function verifyOwnIdentity(bundle: ReturnType<typeof readBundle>, root: Buffer): void {
  const { material, content } = bundle;
  if (material.kind !== 'certificate' || content.kind !== 'dsse') throw new Error('is of another form');
  const { subjects, issuer = '' } = identityOf(readCertificate(material.leaf));
  const [subject = ''] = subjects;
  const [about] = readStatementHeader(content.envelope.payload).subjects;
  verifyBundle(bundle, artifactOfDigest(`sha256:${about?.digest.get('sha256')}`), {
    trustedRoot: readTrustedRoot(root),
    signer: { kind: 'identities', identities: [{ subject: exactly(subject), issuer: exactly(issuer) }] },
    logEntries: 1,
    timestamps: 0,
    certificateLogged: true,
  });
}

function readKey(bytes: Buffer): void {
  if (bytes.includes('-----BEGIN')) publicKeyFromPem(bytes.toString('latin1'));
  else readPublicKey(bytes);
}
