import type { JsonFields } from '@keelson/core';
import { SigningError } from '../../errors.ts';
import { documentFields, type JsonSource, optionalTime } from '../../fields.ts';
import { defaultSigningLimits, type SigningLimits } from '../../limits.ts';
import { isWithin, type ValidityPeriod } from '../trusted-root.ts';

/** A service that signing may ask. */
export interface SigningService {
  readonly url: string;
  readonly majorApiVersion: number;
  readonly operator: string;
  readonly validity: ValidityPeriod;
}

/** How many services of a kind are asked: one, all, or so many of different operators. */
export type ServiceSelector =
  | { readonly kind: 'any' }
  | { readonly kind: 'all' }
  | { readonly kind: 'exact'; readonly count: number };

/** Which services sign (sigstore/protobuf-specs, sigstore_trustroot.proto, `SigningConfig`). */
export interface SigningConfig {
  readonly certificateAuthorities: readonly SigningService[];
  readonly identityProviders: readonly SigningService[];
  readonly transparencyLogs: readonly SigningService[];
  readonly transparencyLogSelector: ServiceSelector;
  readonly timestampAuthorities: readonly SigningService[];
  readonly timestampAuthoritySelector: ServiceSelector;
}

const mediaType = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';

/** @throws SigningError SIGNING_CONFIG_INVALID, SIGNING_LIMIT */
export function readSigningConfig(
  source: JsonSource,
  limits: SigningLimits = defaultSigningLimits,
): SigningConfig {
  const fields = documentFields(source, 'the signing config', 'SIGNING_CONFIG_INVALID', limits);
  const type = fields.text('mediaType');
  if (type !== mediaType) throw fields.invalid('mediaType', `is ${type}, not ${mediaType}`);
  const services = (name: string) => fields.objects(name, limits.maxAuthorities).map(serviceFrom);
  return {
    certificateAuthorities: services('caUrls'),
    identityProviders: services('oidcUrls'),
    transparencyLogs: services('rekorTlogUrls'),
    transparencyLogSelector: selectorFrom(fields.object('rekorTlogConfig')),
    timestampAuthorities: services('tsaUrls'),
    timestampAuthoritySelector: selectorFrom(fields.object('tsaConfig')),
  };
}

function serviceFrom(fields: JsonFields): SigningService {
  const url = fields.text('url');
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw fields.invalid('url', 'is no address of a server');
  const validFor = fields.required('validFor');
  return {
    url,
    majorApiVersion: fields.count('majorApiVersion'),
    operator: fields.optionalText('operator') ?? '',
    validity: { start: optionalTime(validFor, 'start'), end: optionalTime(validFor, 'end') },
  };
}

function selectorFrom(fields: JsonFields | undefined): ServiceSelector {
  const name = fields?.text('selector') ?? 'ANY';
  if (name === 'ANY') return { kind: 'any' };
  if (name === 'ALL') return { kind: 'all' };
  if (fields === undefined || name !== 'EXACT')
    throw new SigningError(
      'SIGNING_CONFIG_INVALID',
      `the signing config: selector ${name} is none that keelson knows`,
    );
  const count = fields.count('count');
  if (count < 1) throw fields.invalid('count', 'is less than 1');
  return { kind: 'exact', count };
}

/**
 * The services to ask at a time: of each operator the one of the highest version that is known here, the newest first, and as many as the
 * selector says.
 *
 * @throws SigningError SIGNING_CONFIG_INVALID where there are not as many
 */
export function chosenServices(
  services: readonly SigningService[],
  selector: ServiceSelector,
  known: readonly number[],
  now: number,
): readonly SigningService[] {
  const best = new Map<string, SigningService>();
  for (const service of services) {
    if (!known.includes(service.majorApiVersion) || !isWithin(service.validity, now)) continue;
    const other = best.get(service.operator);
    if (other === undefined || isBetter(service, other)) best.set(service.operator, service);
  }
  const found = [...best.values()].sort((a, b) => (isBetter(a, b) ? -1 : isBetter(b, a) ? 1 : 0));
  const count = selector.kind === 'any' ? 1 : selector.kind === 'all' ? found.length : selector.count;
  if (services.length > 0 && (found.length === 0 || found.length < count))
    throw new SigningError(
      'SIGNING_CONFIG_INVALID',
      `the signing config has ${found.length} services of the kind that are valid and known here, and ${Math.max(count, 1)} are needed`,
    );
  return found.slice(0, count);
}

function isBetter(a: SigningService, b: SigningService): boolean {
  if (a.majorApiVersion !== b.majorApiVersion) return a.majorApiVersion > b.majorApiVersion;
  return (a.validity.start ?? 0) > (b.validity.start ?? 0);
}
