import { type KeyObject, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Certificate, readCertificate } from './certificates/certificate.ts';
import { extensionOids } from './certificates/extensions.ts';
import { nameToString } from './certificates/name.ts';
import { readCertificates } from './certificates/read-certificates.ts';
import { checkNameConstraints } from './chains/name-constraints.ts';
import { checkSignature } from './chains/verify-chain.ts';
import { der } from './der/writer.ts';
import { PkiError } from './errors.ts';
import { certificateRequest, readCertificateRequest } from './issuing/certificate-request.ts';
import { subjectAlternativeName, writeGeneralName } from './issuing/extensions.ts';
import { issueCrl } from './issuing/issue-crl.ts';
import { issueOcspResponse } from './issuing/issue-ocsp-response.ts';
import { readPem, writePem } from './pem.ts';
import { readCrl } from './revocation/crl.ts';
import { crlUris, freshestCrlUris, ocspUris } from './revocation/distribution-points.ts';
import { readOcspResponse } from './revocation/ocsp-response.ts';
import { crlStatus } from './revocation/verify-crl.ts';
import { verifyOcspResponse } from './revocation/verify-ocsp.ts';
import { readSctList } from './sct/sct.ts';
import { precertificateTbs } from './sct/verify-sct.ts';
import { caExtensions, hour, issue, leafExtensions, noon } from './testing/authority.ts';
import { newAuthority, writeResponse, writeToken } from './testing/time-stamp.ts';
import { readTimeStampResponse } from './timestamps/token.ts';
import { verifyTimeStamp } from './timestamps/verify-timestamp.ts';

const constraint = {
  oid: extensionOids.nameConstraints,
  critical: true,
  value: der.sequence(der.explicit(0, der.sequence(writeGeneralName({ type: 'dns', value: 'example.com' })))),
};
const root = issue('root', undefined, { extensions: [...caExtensions(), constraint] });
const leaf = issue('leaf', root, {
  extensions: [
    ...leafExtensions,
    subjectAlternativeName([
      { type: 'dns', value: 'a.example.com' },
      { type: 'directory', value: [['CN', 'x']] },
      { type: 'otherName', oid: '1.2.3', value: 'x' },
    ]),
  ],
});
const tsa = newAuthority(root);
const data = Buffer.from('data');
const common = { certificate: leaf.certificate, issuer: root.certificate, at: noon + hour };

/** Changes, cuts and doubles bytes: what a fault or an attacker does. */
const mutation = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), kind: fc.nat(3), value: fc.nat(255) }),
  { minLength: 1, maxLength: 3 },
);

function mutate(
  bytes: Uint8Array,
  changes: readonly { at: number; kind: number; value: number }[],
): Uint8Array {
  let current = Buffer.from(bytes);
  for (const { at, kind, value } of changes) {
    const place = Math.min(current.length - 1, Math.floor(at * current.length));
    if (kind < 2) current[place] = kind === 0 ? value : (current[place] ?? 0) ^ (1 << (value & 7));
    else if (kind === 2)
      current = Buffer.concat([current.subarray(0, place), current.subarray(place + 1 + (value & 3))]);
    else current = Buffer.concat([current.subarray(0, place), Buffer.of(value), current.subarray(place)]);
    if (current.length === 0) return current;
  }
  return current;
}

function holds(bytes: Uint8Array, run: (mutant: Uint8Array) => void, numRuns = 1500): void {
  fc.assert(
    fc.property(mutation, (changes) => {
      try {
        run(mutate(bytes, changes));
      } catch (error) {
        if (!(error instanceof PkiError)) throw error;
      }
    }),
    { seed: 11, numRuns },
  );
}

function touchAll(certificate: Certificate): void {
  for (const touch of [
    () => nameToString(certificate.subject) + nameToString(certificate.issuer),
    () => certificate.basicConstraints,
    () => certificate.keyUsage,
    () => certificate.extendedKeyUsage,
    () => certificate.subjectAlternativeNames,
    () => certificate.subjectKeyIdentifier,
    () => certificate.authorityKeyIdentifier,
    () => certificate.publicKey.keyObject,
    () => certificate.signatureScheme,
    () => [crlUris(certificate), freshestCrlUris(certificate), ocspUris(certificate)],
    () => precertificateTbs(certificate),
    () => checkNameConstraints(certificate, leaf.certificate),
    () => checkNameConstraints(root.certificate, certificate),
  ]) {
    try {
      touch();
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
    }
  }
}

/** Node's own opinion, where it has one. */
function nodeAccepts(certificate: Certificate, issuerKey: KeyObject): boolean | undefined {
  try {
    return new X509Certificate(certificate.bytes).verify(issuerKey);
  } catch {
    return undefined;
  }
}

test('certificates: never a crash, and what is accepted Node accepts too', () => {
  let accepted = 0;
  for (const { certificate } of [leaf, root])
    holds(
      certificate.bytes,
      (mutant) => {
        const copy = readCertificate(mutant);
        touchAll(copy);
        checkSignature(root.certificate, copy);
        accepted++;
        expect(nodeAccepts(copy, root.certificate.publicKey.keyObject)).toBe(true);
        expect(Buffer.compare(copy.bytes, certificate.bytes)).toBe(0);
      },
      4000,
    );
  // Mutations that change nothing.
  expect(accepted).toBeGreaterThan(0);
});

test('PEM', () => {
  const text = writePem('CERTIFICATE', leaf.certificate.bytes).repeat(2);
  holds(Buffer.from(text), (mutant) => {
    const found = readCertificates(Buffer.from(mutant).toString('latin1'));
    expect(found.length).toBeLessThanOrEqual(2);
  });
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('-', 'BEGIN', 'END', ' X', '\n', 'AAAA', '=', '\r') }),
      (each) => {
        try {
          readPem(each);
        } catch (error) {
          if (!(error instanceof PkiError)) throw error;
        }
      },
    ),
    { seed: 3, numRuns: 2000 },
  );
});

test('time-stamp tokens', () => {
  const original = writeResponse(writeToken({ data, signer: tsa }));
  holds(original, (mutant) => {
    const { token } = readTimeStampResponse(mutant);
    const { time } = verifyTimeStamp(token, { roots: [root.certificate], data });
    expect(time).toBe(noon + hour);
  });
});

test('revocation lists', () => {
  const revoked = [
    { serialNumber: leaf.certificate.serialNumber, revokedAt: noon, reason: 'superseded' as const },
  ];
  const { bytes } = issueCrl({
    issuer: root,
    thisUpdate: noon,
    nextUpdate: noon + 2 * hour,
    number: 1,
    revoked,
  });
  holds(bytes, (mutant) => {
    expect(crlStatus({ ...common, crl: readCrl(mutant) }).status).toBe('revoked');
  });
});

test('answers of OCSP', () => {
  const status = { status: 'revoked', revokedAt: noon } as const;
  const bytes = issueOcspResponse({
    ...common,
    responder: root,
    status,
    thisUpdate: noon,
    nextUpdate: noon + 2 * hour,
  });
  holds(bytes, (mutant) => {
    expect(verifyOcspResponse(readOcspResponse(mutant), common).status).toEqual(status);
  });
});

test('requests and timestamps of logs', () => {
  holds(
    certificateRequest({ subject: [['CN', 'x']], key: leaf.key, extensions: leafExtensions }),
    (mutant) => {
      expect(nameToString(readCertificateRequest(mutant).subject)).toBe('CN=x');
    },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
      try {
        readSctList(der.octetString(bytes));
      } catch (error) {
        if (!(error instanceof PkiError)) throw error;
      }
    }),
    { seed: 5, numRuns: 2000 },
  );
});
