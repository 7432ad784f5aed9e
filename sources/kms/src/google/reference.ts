import { KmsError } from '../errors.ts';

/** `gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K[/versions/V]`. */
export interface GoogleReference {
  /** `projects/…/cryptoKeys/K`: the resource as the service names it. */
  readonly key: string;
  /** The newest that is enabled, where it is not given. */
  readonly version?: string;
}

const name = '[A-Za-z0-9_-]{1,63}';
const form = new RegExp(
  `^(projects/[a-z][a-z0-9.:-]{1,127}/locations/[a-z0-9-]{1,63}/keyRings/${name}/cryptoKeys/${name})(?:/(?:versions|cryptoKeyVersions)/([1-9][0-9]{0,9}))?$`,
);

/** @param rest what stands behind `gcpkms://` @throws KmsError KMS_REFERENCE_INVALID */
export function readGoogleReference(rest: string): GoogleReference {
  const [, key, version] = form.exec(rest) ?? [];
  if (key === undefined)
    throw new KmsError(
      'KMS_REFERENCE_INVALID',
      'a key in Google Cloud KMS is written gcpkms://projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY[/versions/NUMBER]',
    );
  return { key, ...(version === undefined ? {} : { version }) };
}
