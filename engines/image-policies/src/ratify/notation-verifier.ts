import { isObject, type JsonFields, type JsonValue, objectOf } from '@keelson/core';
import { nameToString } from '@keelson/pki';
import { defaultSigningLimits, SigningError, type TrustStores, verifyNotation } from '@keelson/signing';
import { invalid, refused } from '../faults.ts';
import { trustPolicyFrom, trustPolicyWarnings } from '../notation/trust-policy.ts';
import type { PolicySurroundings } from '../surroundings.ts';
import { onlyMembers } from './documents.ts';
import { anchorsOf, type KeyProviders } from './key-providers.ts';
import { nestedMembers, type Verifier } from './reports.ts';

const storeTypes = ['ca', 'signingAuthority', 'tsa'];

/**
 * Ratify's verifier `notation`: a trust policy, with stores of what providers provide.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function notationVerifier(
  parameters: JsonFields,
  providers: KeyProviders,
  { now, revocation }: PolicySurroundings,
): Pick<Verifier, 'verify' | 'warnings'> {
  onlyMembers(parameters, [
    ...['trustPolicyDoc', 'verificationCertStores', 'verificationCerts'],
    ...nestedMembers,
  ]);
  const document = parameters.value('trustPolicyDoc');
  if (!isObject(document)) throw parameters.invalid('trustPolicyDoc', 'is missing');
  const policy = trustPolicyFrom(document);
  const trustStores = storesOf(parameters, providers);
  return {
    warnings: [
      ...trustPolicyWarnings(policy),
      ...(parameters.list('verificationCerts').length > 0
        ? [
            `${parameters.place('verificationCerts')} are files of Ratify's own machine, which are not looked at`,
          ]
        : []),
    ],
    verify: async ({ digest }, { evidence: { descriptor, repository, notary } }) => {
      if (now === undefined) return { fault: refused('the time is not known') };
      const at = notary.found.findIndex(({ manifest }) => manifest === digest);
      const stored = notary.found[at];
      if (stored === undefined) {
        const unreadable = notary.unreadable.find(({ manifest }) => manifest === digest);
        return { fault: unreadable?.fault ?? refused('it is no signature of the Notary Project') };
      }
      if (at >= defaultSigningLimits.maxSignatureAttempts)
        return { fault: refused('it is one of more signatures than are tried') };
      const target = { kind: 'image', descriptor, repository } as const;
      const verdict = await verifyNotation(await notary.read(stored), stored.layer.mediaType, {
        ...{ policy, trustStores, now, target },
        ...(revocation === undefined ? {} : { revocation }),
      });
      if (verdict.outcome === 'skipped')
        return { fault: refused('the trust policy asks for no signature, so none was verified') };
      const { fault } = verdict;
      if (fault !== undefined) return { fault, refused: [{ manifest: digest, fault }] };
      const [leaf] = verdict.envelope?.chain ?? [];
      return {
        accepted: [{ kind: 'notation', manifest: digest, verdict }],
        signers: new Set(leaf === undefined ? [] : [`x509 ${nameToString(leaf.subject)}`]),
        ...(leaf === undefined
          ? {}
          : {
              extensions: objectOf([
                ['Issuer', nameToString(leaf.issuer)],
                ['SN', nameToString(leaf.subject)],
              ]),
            }),
      };
    },
  };
}

/** `verificationCertStores`: providers by type and name of store; by name alone they are of the type `ca`. */
function storesOf(parameters: JsonFields, providers: KeyProviders): TrustStores {
  const given = parameters.object('verificationCertStores');
  const names = given?.names() ?? [];
  const typed = names.filter((name) => storeTypes.includes(name));
  if (typed.length > 0 && typed.length < names.length)
    throw parameters.invalid('verificationCertStores', 'has stores with and without a type');
  const byType = new Map<string, ReadonlyMap<string, readonly string[]>>();
  if (typed.length > 0) for (const type of typed) byType.set(type, storesIn(given?.value(type), parameters));
  else if (names.length > 0)
    byType.set('ca', storesIn(parameters.value('verificationCertStores'), parameters));
  return {
    certificates: (type, name) => {
      const listed = byType.get(type)?.get(name) ?? [];
      if (listed.length === 0)
        throw new SigningError(
          'TRUST_STORE_INVALID',
          `no provider is given for the trust store ${type}:${name}`,
        );
      return anchorsOf(providers, listed, `${type}:${name}`);
    },
  };
}

function storesIn(value: JsonValue | undefined, parameters: JsonFields) {
  const stores = new Map<string, readonly string[]>();
  for (const [name, list] of Object.entries(isObject(value) ? value : objectOf([]))) {
    const texts = Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
    if (!Array.isArray(list) || texts.length < list.length)
      throw invalid(
        `${parameters.place('verificationCertStores')}: ${name.slice(0, 100)} is no list of providers`,
      );
    stores.set(name, texts);
  }
  return stores;
}
