import type { ProgramContext, Violation } from '@keelson/checks';
import { isObject, type JsonObject, type Path } from '@keelson/core';
import { mappingsAt, textAt, textsAt } from '../fields.ts';
import { type PlacedDocument, placedDocuments } from './host-documents.ts';

interface Fault {
  readonly path: Path;
  readonly message: string;
}
type Rule = (document: JsonObject, params: JsonObject) => Fault[];

/** Providers that really encrypt (EncryptionConfiguration v1). */
const encrypting = ['kms', 'secretbox', 'aesgcm', 'aescbc'];
/** aesgcm is left out: its key must change before its nonces repeat, and nothing in Kubernetes sees to that. */
const recommended = ['kms', 'secretbox', 'aescbc'];

const rules: Readonly<Record<string, Rule>> = {
  /** The first provider of an entry is the one that writes. */
  'identity-first': (document) =>
    entries(document).flatMap(({ providers, path, resources }) => {
      const [first] = providers;
      if (first !== 'identity' || !providers.some((name) => encrypting.includes(name))) return [];
      return [
        { path, message: `${resources.join(', ')} are written unencrypted: identity is the first provider` },
      ];
    }),
  provider: (document) =>
    entries(document).flatMap(({ providers, path, resources }) => {
      if (providers.some((name) => recommended.includes(name))) return [];
      const names = providers.length === 0 ? 'no provider' : `only ${providers.join(', ')}`;
      return [
        { path, message: `${resources.join(', ') || 'entry'}: ${names}, not kms, secretbox or aescbc` },
      ];
    }),
  secrets: (document) => {
    const isCovered = entries(document).some(({ resources }) => resources.some(coversSecrets));
    return isCovered ? [] : [{ path: ['resources'], message: 'no entry covers secrets' }];
  },
  'external-kms': (document, params) => {
    const known = textsAt(params, ['plugins']);
    const isKnown = (name: string) => known.some((plugin) => name.toLowerCase().includes(plugin));
    if (entries(document).some(({ kms }) => kms.some(isKnown))) return [];
    return [{ path: ['resources'], message: 'no entry uses a KMS plugin of a known key service' }];
  },
};

/** Judges EncryptionConfiguration documents by the rule that `params.rule` names. */
export function* encryptionConfiguration(context: ProgramContext): Generator<Violation> {
  const name = textAt(context.params, ['rule']) ?? '';
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule === undefined) return;
  for (const placed of placedDocuments(context, 'encryptionProviderConfigFile')) {
    yield* violations(placed, rule(placed.document, context.params));
  }
}

function violations({ subject, place }: PlacedDocument, faults: readonly Fault[]): Violation[] {
  return faults.map(({ path, message }) => ({ subject, path: place(path), message }));
}

interface Entry {
  readonly resources: readonly string[];
  /** Names of the providers in their order. */
  readonly providers: readonly string[];
  /** Names of the KMS plugins. */
  readonly kms: readonly string[];
  readonly path: Path;
}

function entries(document: JsonObject): Entry[] {
  return mappingsAt(document, ['resources']).map(({ item, index }) => {
    const providers = mappingsAt(item, ['providers']).map((provider) => provider.item);
    return {
      resources: textsAt(item, ['resources']),
      providers: providers.flatMap((provider) => Object.keys(provider).slice(0, 1)),
      kms: providers.flatMap(({ kms }) =>
        isObject(kms) && typeof kms['name'] === 'string' ? [kms['name']] : [],
      ),
      path: ['resources', index, 'providers'],
    };
  });
}

/** Wildcards since 1.27: `*.` is the core group, `*.*` every group. */
function coversSecrets(resource: string): boolean {
  return resource === 'secrets' || resource === '*.' || resource === '*.*';
}
