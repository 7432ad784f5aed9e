import { type JsonObject, type JsonValue, objectOf, stringifyJson } from '@keelson/core';
import type { Certificate } from '@keelson/pki';
import { beginning } from './authority.ts';
import { base64 } from './keys.ts';

const start = new Date(beginning).toISOString().replace('.000', '');
const always = objectOf([['start', start]]);

/** A log in a trusted root (sigstore_trustroot.proto, `TransparencyLogInstance`). */
export function logInstance(log: {
  readonly baseUrl: string;
  readonly spki: Uint8Array;
  readonly id: Uint8Array;
  readonly keyDetails: string;
}): JsonObject {
  return objectOf([
    ['baseUrl', log.baseUrl],
    ['hashAlgorithm', 'SHA2_256'],
    [
      'publicKey',
      objectOf([
        ['rawBytes', base64(log.spki)],
        ['keyDetails', log.keyDetails],
        ['validFor', always],
      ]),
    ],
    ['logId', objectOf([['keyId', base64(log.id)]])],
  ]);
}

/** An authority in a trusted root (`CertificateAuthority`). */
export function authorityInstance(uri: string, chain: readonly Certificate[]): JsonObject {
  const certificates: JsonValue = chain.map(({ bytes }) => objectOf([['rawBytes', base64(bytes)]]));
  return objectOf([
    ['uri', uri],
    ['certChain', objectOf([['certificates', certificates]])],
    ['validFor', always],
  ]);
}

export function trustedRootText(members: {
  readonly logs: JsonObject[];
  readonly certificateAuthorities: JsonObject[];
  readonly certificateLogs: JsonObject[];
  readonly timestampAuthorities: JsonObject[];
}): string {
  return stringifyJson(
    objectOf([
      ['mediaType', 'application/vnd.dev.sigstore.trustedroot+json;version=0.1'],
      ['tlogs', members.logs],
      ['certificateAuthorities', members.certificateAuthorities],
      ['ctlogs', members.certificateLogs],
      ['timestampAuthorities', members.timestampAuthorities],
    ]),
  );
}

export interface ServiceAddress {
  readonly url: string;
  readonly version: number;
}

/** A signing config with one service of each kind, or none (`SigningConfig`). */
export function signingConfigText(members: {
  readonly certificateAuthority: ServiceAddress;
  readonly identityProvider: ServiceAddress;
  readonly log: ServiceAddress | undefined;
  readonly timestampAuthority: ServiceAddress | undefined;
}): string {
  const services = (service: ServiceAddress | undefined): JsonValue =>
    service === undefined
      ? []
      : [
          objectOf([
            ['url', service.url],
            ['majorApiVersion', service.version],
            ['validFor', always],
            ['operator', 'keelson.test'],
          ]),
        ];
  const any = objectOf([['selector', 'ANY']]);
  return stringifyJson(
    objectOf([
      ['mediaType', 'application/vnd.dev.sigstore.signingconfig.v0.2+json'],
      ['caUrls', services(members.certificateAuthority)],
      ['oidcUrls', services(members.identityProvider)],
      ['rekorTlogUrls', services(members.log)],
      ['rekorTlogConfig', any],
      ['tsaUrls', services(members.timestampAuthority)],
      ['tsaConfig', any],
    ]),
  );
}
