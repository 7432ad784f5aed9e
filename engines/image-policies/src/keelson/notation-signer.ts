import type { JsonFields, JsonValue } from '@keelson/core';
import { readTrustPolicy, readTrustStore } from '@keelson/signing';
import { contentOf, invalid, membersOf, readable } from './context.ts';
import type { SignerReader } from './signer.ts';

const notationMembers = ['certificates', 'timestampCertificates', 'subjects', 'level', 'revocation'];

/** A signer of the Notary Project: a trust policy of one statement, with stores of its own. */
export function notationSigner(name: string, fields: JsonFields, file: string): SignerReader {
  membersOf(fields, notationMembers);
  const subjects = fields.texts('subjects', 1_000);
  if (subjects.length === 0)
    throw fields.invalid(
      'subjects',
      'is missing or empty: name them, or "*" for all that the certificates issued',
    );
  const level = fields.optionalText('level') ?? 'strict';
  // The other levels of the Notary Project let untrusted signers pass.
  if (level !== 'strict' && level !== 'permissive')
    throw fields.invalid('level', 'is neither strict nor permissive');
  const revocation = fields.optionalText('revocation');
  const stores = ['ca', ...(fields.has('timestampCertificates') ? ['tsa'] : [])];
  const statement: { [member: string]: JsonValue } = {
    name,
    registryScopes: ['*'],
    signatureVerification: { level, ...(revocation === undefined ? {} : { override: { revocation } }) },
    trustStores: stores.map((type) => `${type}:${storeName}`),
    trustedIdentities: subjects.map((subject) => (subject === '*' ? subject : `x509.subject: ${subject}`)),
  };
  const policy = readable(fields.place(''), () =>
    readTrustPolicy({ version: '1.0', trustPolicies: [statement] }, 'oci'),
  );
  return (surroundings) => {
    const { now, revocation: source } = surroundings;
    if (now === undefined) throw invalid(`${fields.place('')}: the time is not known`);
    const store = (type: 'ca' | 'tsa', member: string) => {
      const bytes = fields
        .texts(member, 100)
        .map((text, at) => contentOf(text, fields.place(`${member}[${at}]`), file, surroundings));
      const entries = bytes.map((each, at) => ({
        name: `${member}[${at}]`,
        kind: 'file' as const,
        bytes: each,
      }));
      return readable(fields.place(member), () =>
        readTrustStore(type, storeName, { kind: 'folder', entries }),
      );
    };
    const ca = store('ca', 'certificates');
    const tsa = stores.includes('tsa') ? store('tsa', 'timestampCertificates') : [];
    const trustStores = { certificates: (type: string) => (type === 'tsa' ? tsa : ca) };
    const requirements = {
      policy,
      trustStores,
      now,
      ...(source === undefined ? {} : { revocation: source }),
    };
    return {
      name,
      // One good signature is looked for, whosoever of the subjects it is by.
      isMany: false,
      attests: false,
      demand: () => ({ kind: 'notation', requirements }),
    };
  };
}

const storeName = 'policy';
