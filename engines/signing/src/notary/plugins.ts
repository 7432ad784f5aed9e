import { createObject, type JsonObject, objectOf } from '@keelson/core';
import { SigningError } from '../errors.ts';
import { documentFields, type JsonSource } from '../fields.ts';
import { type NotaryEnvelope, notaryMediaTypes } from './attributes.ts';
import { compareVersions, parseVersion } from './semantic-version.ts';
import { isStoreName, type TrustStatement } from './trust-policy/document.ts';

/** The version of the protocol that is spoken (plugin-extensibility.md). */
const contractVersion = '1.0';
const maxEntries = 100;

/** What a plugin can verify in place of this program. */
export const pluginCapabilities = Object.freeze({
  trustedIdentity: 'SIGNATURE_VERIFIER.TRUSTED_IDENTITY',
  revocationCheck: 'SIGNATURE_VERIFIER.REVOCATION_CHECK',
});

export type PluginCommand = 'get-plugin-metadata' | 'verify-signature';

/** Runs plugins: programs that read a request and answer, both in JSON. */
export interface PluginRunner {
  /**
   * @param plugin letters, digits, `_`, `.` and `-`
   * @returns what the plugin wrote; undefined where there is no such plugin
   */
  run(plugin: string, command: PluginCommand, request: JsonObject): Promise<JsonSource | undefined>;
}

/** The answer to `get-plugin-metadata`. */
export interface PluginMetadata {
  readonly name: string;
  readonly version: string;
  readonly contractVersions: readonly string[];
  readonly capabilities: readonly string[];
}

/** @throws SigningError NOTARY_PLUGIN_INVALID */
export function readPluginMetadata(source: JsonSource): PluginMetadata {
  const fields = documentFields(source, 'the metadata of the plugin', 'NOTARY_PLUGIN_INVALID');
  return {
    name: fields.text('name'),
    version: fields.text('version'),
    contractVersions: fields.texts('supportedContractVersions', maxEntries),
    capabilities: fields.texts('capabilities', maxEntries),
  };
}

/** The answer to `verify-signature`. */
export interface PluginVerdict {
  /** Why a capability's verification failed; undefined where it succeeded. */
  readonly faults: ReadonlyMap<string, string | undefined>;
  readonly processedAttributes: readonly string[];
}

/**
 * @param asked capabilities, each of which has to be answered
 * @throws SigningError NOTARY_PLUGIN_INVALID
 */
export function readPluginVerdict(source: JsonSource, asked: readonly string[]): PluginVerdict {
  const fields = documentFields(source, 'the answer of the plugin', 'NOTARY_PLUGIN_INVALID');
  const results = fields.required('verificationResults');
  const faults = new Map<string, string | undefined>();
  for (const capability of asked) {
    const result = results.required(capability);
    const isSuccess = result.optionalBoolean('success');
    if (isSuccess === undefined) throw result.invalid('success', 'is missing');
    const reason = result.optionalText('reason') ?? 'the plugin gives no reason';
    faults.set(capability, isSuccess ? undefined : reason);
  }
  return { faults, processedAttributes: fields.texts('processedAttributes', maxEntries) };
}

/**
 * What a plugin that failed wrote in place of an answer: for a runner's own error.
 *
 * @throws SigningError NOTARY_PLUGIN_INVALID
 */
export function readPluginError(source: JsonSource): { readonly code: string; readonly message: string } {
  const fields = documentFields(source, 'the error of the plugin', 'NOTARY_PLUGIN_INVALID');
  return { code: fields.text('errorCode'), message: fields.optionalText('errorMessage') ?? '' };
}

/** The request of `verify-signature`. */
export function pluginRequest(
  { attributes, chain }: NotaryEnvelope,
  { trustedIdentities }: TrustStatement,
  capabilities: readonly string[],
  pluginConfig: ReadonlyMap<string, string>,
): JsonObject {
  const time = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
  const unknown = attributes.extended.filter(({ isCritical }) => isCritical);
  const critical = createObject();
  critical['contentType'] = notaryMediaTypes.payload;
  critical['signingScheme'] = attributes.scheme;
  if (attributes.expiry !== undefined) critical['expiry'] = time(attributes.expiry);
  if (attributes.scheme === 'notary.x509.signingAuthority')
    critical['authenticSigningTime'] = time(attributes.signingTime);
  if (attributes.verificationPlugin !== undefined)
    critical['verificationPlugin'] = attributes.verificationPlugin;
  if (attributes.verificationPluginMinVersion !== undefined)
    critical['verificationPluginMinVersion'] = attributes.verificationPluginMinVersion;
  critical['extendedAttributes'] = objectOf(unknown.map(({ name, value }) => [name, value]));
  return objectOf([
    ['contractVersion', contractVersion],
    [
      'signature',
      objectOf([
        ['criticalAttributes', critical],
        ['unprocessedAttributes', unknown.map(({ name }) => name)],
        ['certificateChain', chain.map(({ bytes }) => Buffer.from(bytes).toString('base64'))],
      ]),
    ],
    [
      'trustPolicy',
      objectOf([
        ['trustedIdentities', trustedIdentities.map((each) => (each.kind === 'any' ? '*' : each.text))],
        ['signatureVerification', [...capabilities]],
      ]),
    ],
    ['pluginConfig', objectOf([...pluginConfig])],
  ]);
}

/** What a plugin found, of what this program leaves to it. */
export interface PluginFindings {
  readonly plugin: string;
  /** Which of both verifications the plugin made, and their faults. */
  readonly identity: { readonly fault: SigningError | undefined } | undefined;
  readonly revocation: { readonly fault: SigningError | undefined } | undefined;
}

/** A plugin that a signature names, and that is there to verify it. */
export interface NamedPlugin {
  /** Whether it judges who signed in place of the policy's identities. */
  readonly judgesIdentity: boolean;
  /** @throws SigningError NOTARY_PLUGIN_INVALID, NOTARY_ATTRIBUTE_UNKNOWN */
  verify(): Promise<PluginFindings>;
}

/**
 * The plugin that a signature names (plugin-extensibility.md, verification workflow using plugin). It has told about itself, and nothing of the
 * signature has been shown to it.
 *
 * @returns undefined for a signature that names none
 * @throws SigningError NOTARY_PLUGIN_MISSING, NOTARY_PLUGIN_INVALID, NOTARY_ATTRIBUTE_UNKNOWN
 */
export async function pluginOf(
  envelope: NotaryEnvelope,
  statement: TrustStatement,
  runner: PluginRunner | undefined,
  pluginConfig: ReadonlyMap<string, string> = new Map(),
): Promise<NamedPlugin | undefined> {
  const { verificationPlugin: plugin } = envelope.attributes;
  if (plugin === undefined) {
    demandProcessed(envelope, []);
    return undefined;
  }
  const { capabilities, ask } = await installed(plugin, envelope, runner, pluginConfig);
  const asked = capabilities.filter(
    (each) => each !== pluginCapabilities.revocationCheck || statement.level.actions.revocation !== 'skip',
  );
  return {
    judgesIdentity: asked.includes(pluginCapabilities.trustedIdentity),
    verify: async () => {
      if (asked.length === 0) {
        demandProcessed(envelope, []);
        return { plugin, identity: undefined, revocation: undefined };
      }
      const answer = await ask('verify-signature', pluginRequest(envelope, statement, asked, pluginConfig));
      const { faults, processedAttributes } = readPluginVerdict(answer, asked);
      demandProcessed(envelope, processedAttributes);
      const finding = (capability: string) => {
        if (!faults.has(capability)) return undefined;
        const reason = faults.get(capability);
        return { fault: reason === undefined ? undefined : refused(plugin, reason) };
      };
      return {
        plugin,
        identity: finding(pluginCapabilities.trustedIdentity),
        revocation: finding(pluginCapabilities.revocationCheck),
      };
    },
  };
}

/**
 * Refuses a signature that leaves something to a plugin, where none is asked: whoever is not trusted shall not choose what is run.
 *
 * @throws SigningError NOTARY_PLUGIN_MISSING, NOTARY_ATTRIBUTE_UNKNOWN
 */
export function demandNoPlugin(envelope: NotaryEnvelope): void {
  const { verificationPlugin: plugin } = envelope.attributes;
  if (plugin !== undefined) throw missing(plugin, 'it is asked only about signers that are trusted');
  demandProcessed(envelope, []);
}

function demandProcessed({ attributes }: NotaryEnvelope, processed: readonly string[]): void {
  for (const { name, isCritical } of attributes.extended)
    if (isCritical && !processed.includes(name))
      throw new SigningError(
        'NOTARY_ATTRIBUTE_UNKNOWN',
        `the critical attribute ${JSON.stringify(name.slice(0, 100))} is not understood`,
      );
}

/** The plugin, where it is there, new enough and able to verify. */
async function installed(
  plugin: string,
  { attributes }: NotaryEnvelope,
  runner: PluginRunner | undefined,
  pluginConfig: ReadonlyMap<string, string>,
): Promise<{
  capabilities: readonly string[];
  ask: (command: PluginCommand, request: JsonObject) => Promise<JsonSource>;
}> {
  // The name is the signer's, who is perhaps nobody: it becomes part of a path.
  if (!isStoreName(plugin)) throw missing(plugin, 'its name is none');
  const ask = async (command: PluginCommand, request: JsonObject): Promise<JsonSource> => {
    const answer = await runner?.run(plugin, command, request);
    if (answer === undefined) throw missing(plugin, 'it is not there');
    return answer;
  };
  const config = objectOf([['pluginConfig', objectOf([...pluginConfig])]]);
  const metadata = readPluginMetadata(await ask('get-plugin-metadata', config));
  if (metadata.name !== plugin)
    throw missing(plugin, `the plugin calls itself ${metadata.name.slice(0, 100)}`);
  if (!metadata.contractVersions.includes(contractVersion))
    throw missing(plugin, `it does not speak version ${contractVersion} of the protocol`);
  checkVersion(plugin, metadata.version, attributes.verificationPluginMinVersion);
  const verifiers: readonly string[] = Object.values(pluginCapabilities);
  const capabilities = verifiers.filter((each) => metadata.capabilities.includes(each));
  if (capabilities.length === 0) throw missing(plugin, 'it verifies nothing');
  return { capabilities, ask };
}

function checkVersion(plugin: string, version: string, least: string | undefined): void {
  const own = parseVersion(version);
  if (own === undefined) throw missing(plugin, 'its version is none of semver.org');
  if (least === undefined) return;
  const needed = parseVersion(least);
  if (needed === undefined)
    throw missing(plugin, 'the least version that is asked for is none of semver.org');
  if (compareVersions(own, needed) < 0)
    throw missing(plugin, `version ${least.slice(0, 60)} is asked for, and it is ${version.slice(0, 60)}`);
}

function missing(plugin: string, reason: string): SigningError {
  return new SigningError(
    'NOTARY_PLUGIN_MISSING',
    `the signature is to be verified by the plugin ${JSON.stringify(plugin.slice(0, 100))}: ${reason}`,
  );
}

function refused(plugin: string, reason: string): SigningError {
  return new SigningError('NOTARY_PLUGIN_REFUSED', `the plugin ${plugin} refuses: ${reason.slice(0, 1_000)}`);
}
