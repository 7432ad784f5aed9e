import { createObject, type JsonFields, type JsonObject } from '@keelson/core';
import type { Descriptor } from './descriptor.ts';
import { OciError } from './errors.ts';

/** What an image runs on, in Go's names (image-spec 1.1, image-index.md). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  /** Of the processor: `v7` of arm. */
  readonly variant?: string;
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}

export function platformFrom(fields: JsonFields): Platform {
  const variant = fields.optionalText('variant') ?? '';
  const osVersion = fields.optionalText('os.version') ?? '';
  const osFeatures = fields.texts('os.features');
  return {
    os: fields.optionalText('os') ?? '',
    architecture: fields.optionalText('architecture') ?? '',
    ...(variant === '' ? {} : { variant }),
    ...(osVersion === '' ? {} : { osVersion }),
    ...(osFeatures.length === 0 ? {} : { osFeatures }),
  };
}

export function platformJson({ os, architecture, variant, osVersion, osFeatures }: Platform): JsonObject {
  const json = createObject();
  json['architecture'] = architecture;
  json['os'] = os;
  if (osVersion !== undefined) json['os.version'] = osVersion;
  if (osFeatures !== undefined) json['os.features'] = [...osFeatures];
  if (variant !== undefined) json['variant'] = variant;
  return json;
}

/** Other names of architectures, with the variant that they mean. */
const architectures: Readonly<Record<string, readonly [architecture: string, variant?: string]>> =
  Object.freeze({
    x86_64: ['amd64'],
    'x86-64': ['amd64'],
    i386: ['386'],
    i686: ['386'],
    aarch64: ['arm64'],
    armhf: ['arm', 'v7'],
    armel: ['arm', 'v6'],
    ppc64el: ['ppc64le'],
  });

/** Variants that are the plain architecture, and so left out. */
const plainVariants = new Set(['arm64/v8', 'arm64/8', 'amd64/v1', 'arm64/v8.0']);

/** @throws OciError PLATFORM_INVALID */
export function parsePlatform(text: string): Platform {
  const [os = '', architecture = '', variant, ...rest] = text.split('/');
  const isWord = (word: string) => /^[A-Za-z0-9_.-]{1,64}$/.test(word);
  if (rest.length > 0 || ![os, architecture, variant ?? 'x'].every(isWord))
    throw new OciError(
      'PLATFORM_INVALID',
      `${JSON.stringify(text.slice(0, 160))} is no platform: write it as linux/amd64 or linux/arm/v7`,
    );
  return normalizePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/** One spelling for all of a platform's names; arm without a variant is v7, as programs that build images have it. */
export function normalizePlatform(platform: Platform): Platform {
  const { variant: given, ...others } = platform;
  const name = platform.architecture.toLowerCase();
  const known = Object.hasOwn(architectures, name) ? architectures[name] : undefined;
  const architecture = known?.[0] ?? name;
  const said = (given ?? known?.[1])?.toLowerCase();
  const variant = said !== undefined && /^\d/.test(said) ? `v${said}` : said;
  const os = platform.os.toLowerCase() === 'macos' ? 'darwin' : platform.os.toLowerCase();
  if (architecture === 'arm' && variant === undefined) return { ...others, os, architecture, variant: 'v7' };
  const isPlain = variant === undefined || plainVariants.has(`${architecture}/${variant}`);
  return { ...others, os, architecture, ...(isPlain ? {} : { variant }) };
}

/**
 * The manifest for a platform: the same variant, or else the next older one that the processor runs too (arm v7 runs v6
 * and v5, amd64 v3 runs v2 and v1). Of several the first counts.
 *
 * @throws OciError PLATFORM_NOT_FOUND with the platforms that there are.
 */
export function selectPlatform(manifests: readonly Descriptor[], wanted: Platform): Descriptor {
  const { os, architecture, variant, osVersion } = normalizePlatform(wanted);
  const candidates = manifests.flatMap((descriptor) => {
    if (descriptor.platform === undefined) return [];
    const platform = normalizePlatform(descriptor.platform);
    const fits =
      platform.os === os &&
      platform.architecture === architecture &&
      (osVersion === undefined || platform.osVersion === osVersion);
    return fits ? [{ descriptor, level: levelOf(architecture, platform.variant) }] : [];
  });
  const most = levelOf(architecture, variant);
  const exact = candidates.find(({ level }) => level === most);
  if (exact !== undefined) return exact.descriptor;
  const older = candidates
    .filter(({ level }) => typeof level === 'number' && typeof most === 'number' && level < most)
    .sort((a, b) => Number(b.level) - Number(a.level));
  const [best] = older;
  if (best !== undefined) return best.descriptor;
  const there = manifests.flatMap(({ platform }) =>
    platform === undefined ? [] : [formatPlatform(platform)],
  );
  const list =
    there.length === 0 ? 'no platform' : `${there.slice(0, 20).join(', ')}${there.length > 20 ? ', …' : ''}`;
  throw new OciError(
    'PLATFORM_NOT_FOUND',
    `the index has no manifest for ${formatPlatform(wanted)}; it has ${list}`,
  );
}

/** A variant as a number that grows with what it needs; other variants stand for themselves. */
function levelOf(architecture: string, variant: string | undefined): number | string {
  const number = /^v(\d+(?:\.\d+)?)$/.exec(variant ?? '')?.[1];
  if (number !== undefined) return Number(number);
  if (variant !== undefined) return variant;
  return architecture === 'arm64' ? 8 : architecture === 'arm' ? 7 : 1;
}
