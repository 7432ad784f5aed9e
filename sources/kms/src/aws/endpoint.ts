import { KmsError } from '../errors.ts';
import type { Surroundings } from '../surroundings.ts';

/** Domains of AWS's partitions, by how the names of their regions begin (botocore, partitions.json). */
const domains: readonly (readonly [prefix: string, domain: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['us-iso-', 'c2s.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
  ['eusc-', 'amazonaws.eu'],
];

const regionForm = /^[a-z]{2,}(?:-[a-z0-9]+)+$/;

/**
 * Where a service of AWS is asked: what the environment says, or its own host in the region.
 *
 * @throws KmsError KMS_CREDENTIALS_MISSING for a text that is no address
 */
export function awsEndpoint(around: Surroundings, service: 'kms' | 'sts', region: string): URL {
  const given = around.variable(`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL');
  if (given !== undefined) {
    const url = URL.parse(given);
    if (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '')
      throw new KmsError(
        'KMS_CREDENTIALS_MISSING',
        `AWS_ENDPOINT_URL is no address of a service without a path`,
      );
    return url;
  }
  if (!regionForm.test(region))
    throw new KmsError(
      'KMS_CREDENTIALS_MISSING',
      `${JSON.stringify(region.slice(0, 40))} is no region of AWS`,
    );
  const domain = domains.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
  return new URL(`https://${service}.${region}.${domain}/`);
}
