import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject, parseJsonBytes, valueAt } from '@keelson/core';
import { x5cOf } from '@keelson/envelopes';
import { readCertificate } from '@keelson/pki';
import {
  type NotationRequirements,
  type NotationVerdict,
  notaryMediaTypes,
  type PluginRunner,
  pluginCapabilities,
  readTrustPolicy,
  type TargetDescriptor,
  verifyNotation,
} from '@keelson/signing';
import type { Tally } from '../suite.ts';
import { filesIn, judge, shortly } from './judge.ts';

const repository = 'registry.acme-rockets.io/software/net-monitor';
const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
const expiry = Date.parse('2022-07-29T23:59:00Z');
const metadata = new Map([
  ['io.wabbit-networks.buildId', '123'],
  ['io.wabbit-networks.buildTime', '1672944615'],
]);

/** The artifacts of the envelopes (SOURCE.md). */
function targetOf(name: string): TargetDescriptor {
  const hex = /pluginver/.test(name)
    ? 'fe7e9333395060c2f5e63cf36a38fba10176f183b4163a5794e081a480abba5f'
    : /metadata/.test(name)
      ? '5a07385af4e6b6af81b0ebfd435aedccdfa3507f0609c658209e1aba57159b2b'
      : '60043cf45eaebc4c0867fea485a039b598f52fd09fd5b07b0b2d2f88fad9d74e';
  return { mediaType, digest: `sha256:${hex}`, size: /pluginver|metadata/.test(name) ? 942 : 528 };
}

/** Envelopes at their own time; the names say what comes of the one check that each is about. */
export async function judgeEnvelopes(tally: Tally, dir: string): Promise<void> {
  for (const name of filesIn(dir)) {
    const bytes = readFileSync(join(dir, name));
    const outcome = async (more: Partial<NotationRequirements> = {}) =>
      named(await verifyNotation(bytes, notaryMediaTypes.jws, { ...requirements(name, bytes), ...more }));
    for (const [what, expected, more] of casesOf(name))
      await judge(tally, `${name}${what}`, expected, () => outcome(more));
    const other = { kind: 'image', repository, descriptor: { ...targetOf(name), size: 1 } } as const;
    const refusal = /_invalid/.test(name) ? 'no integrity' : 'ARTIFACT_MISMATCH';
    await judge(tally, `${name} for another artifact`, refusal, () => outcome({ target: other }));
  }
}

/** What is changed may break the signature or already the form. */
function named(verdict: NotationVerdict): string {
  const code = shortly(verdict);
  return code === 'SIGNATURE_WRONG' || code === 'NOTARY_ENVELOPE_INVALID' ? 'no integrity' : code;
}

type Case = readonly [what: string, expected: string, more?: Partial<NotationRequirements>];

function casesOf(name: string): readonly Case[] {
  if (/_invalid/.test(name)) return [['', 'no integrity']];
  if (/incompatible_pluginver/.test(name))
    return [
      ['', 'NOTARY_PLUGIN_MISSING', { plugins: pluginOf(name, []) }],
      ['', 'NOTARY_PLUGIN_MISSING'],
    ];
  if (/compatible_pluginver/.test(name))
    return [
      ['', 'accepted', { plugins: pluginOf(name, []) }],
      [' without the plugin', 'NOTARY_PLUGIN_MISSING'],
    ];
  if (/_plugin_/.test(name))
    return [
      ['', 'accepted', { plugins: pluginOf(name, ['SomeKey']) }],
      [
        ' with a plugin that leaves an attribute out',
        'NOTARY_ATTRIBUTE_UNKNOWN',
        { plugins: pluginOf(name, []) },
      ],
      [' without the plugin', 'NOTARY_PLUGIN_MISSING'],
    ];
  if (/_expired/.test(name))
    return [
      ['', 'NOTARY_EXPIRED', { now: expiry }],
      [' just before', 'accepted', { now: expiry - 1 }],
    ];
  if (/metadata/.test(name))
    return [
      ['', 'accepted', { userMetadata: metadata }],
      [' with other metadata', 'NOTARY_METADATA_MISMATCH', { userMetadata: new Map([['a', 'b']]) }],
    ];
  return [['', 'accepted']];
}

/** Strict, at a time at which the signer's certificate is valid, with its own root as the one that is trusted. */
function requirements(name: string, bytes: Uint8Array): NotationRequirements {
  const header = valueAt(parseJsonBytes(bytes), ['header']);
  const chain = (x5cOf(isObject(header) ? header : {}) ?? []).map((each) => readCertificate(each));
  const type = name.startsWith('sa_') ? 'signingAuthority' : 'ca';
  const policy = readTrustPolicy(
    {
      version: '1.0',
      trustPolicies: [
        {
          name: 'strict',
          registryScopes: [repository],
          signatureVerification: { level: 'strict' },
          trustStores: [`${type}:own`],
          trustedIdentities: ['x509.subject: C=US, ST=WA, O=Notary'],
        },
      ],
    },
    'oci',
  );
  return {
    target: { kind: 'image', repository, descriptor: targetOf(name) },
    policy,
    trustStores: { certificates: (asked) => (asked === type ? chain.slice(-1) : []) },
    now: Math.max(...chain.map(({ notBefore }) => notBefore)) + 3_600_000,
  };
}

/** A plugin of version 1.0.0 that finds everything good. */
function pluginOf(file: string, processedAttributes: readonly string[]): PluginRunner {
  const name = /pluginver/.test(file) ? 'io.cncf.notary.plugin.unittest.mock' : 'plugin-name';
  const answers: Readonly<Record<string, JsonObject>> = {
    'get-plugin-metadata': {
      name,
      description: 'accepts',
      version: '1.0.0',
      url: 'https://example.com',
      supportedContractVersions: ['1.0'],
      capabilities: [pluginCapabilities.trustedIdentity],
    },
    'verify-signature': {
      verificationResults: { [pluginCapabilities.trustedIdentity]: { success: true } },
      processedAttributes: [...processedAttributes],
    },
  };
  return { run: async (asked, command) => (asked === name ? answers[command] : undefined) };
}
