import type { JsonFields } from '@keelson/core';
import { readTrustStore } from '@keelson/signing';
import { type OwnStoreType, ownStoreName, ownStores, ownTrustPolicy } from '../notation/own-stores.ts';
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
  const members = new Map<OwnStoreType, string>([['ca', 'certificates']]);
  if (fields.has('timestampCertificates')) members.set('tsa', 'timestampCertificates');
  const policy = readable(fields.place(''), () =>
    ownTrustPolicy({
      name,
      level,
      ...(revocation === undefined ? {} : { revocation }),
      identities: subjects.map((subject) => (subject === '*' ? subject : `x509.subject: ${subject}`)),
      stores: [...members.keys()],
    }),
  );
  return (surroundings) => {
    const { now, revocation: source } = surroundings;
    if (now === undefined) throw invalid(`${fields.place('')}: the time is not known`);
    const store = (type: OwnStoreType, member: string) => {
      const bytes = fields
        .texts(member, 100)
        .map((text, at) => contentOf(text, fields.place(`${member}[${at}]`), file, surroundings));
      const entries = bytes.map((each, at) => ({
        name: `${member}[${at}]`,
        kind: 'file' as const,
        bytes: each,
      }));
      return readable(fields.place(member), () =>
        readTrustStore(type, ownStoreName, { kind: 'folder', entries }),
      );
    };
    const trustStores = ownStores(new Map([...members].map(([type, member]) => [type, store(type, member)])));
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
