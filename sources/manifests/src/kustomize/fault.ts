import type { SourceLocation } from '@keelson/core';
import { ManifestError } from '../errors.ts';
import { locatePlace, type Place } from './place.ts';

/** Why a kustomization cannot be built, at the place that says so. */
export function fault(
  message: string,
  at: Place | SourceLocation | undefined,
  cause?: unknown,
): ManifestError {
  const location = at === undefined ? undefined : 'from' in at ? locatePlace(at) : at;
  return new ManifestError('KUSTOMIZE_FAILED', message, {
    ...(location === undefined ? {} : { location }),
    ...(cause === undefined ? {} : { cause }),
  });
}
