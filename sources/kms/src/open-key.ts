import { terminalSafe } from '@keelson/core';
import { openAwsKey } from './aws/key.ts';
import { readAwsReference } from './aws/reference.ts';
import { openAzureKey } from './azure/key.ts';
import { readAzureReference } from './azure/reference.ts';
import { KmsError } from './errors.ts';
import { openGoogleKey } from './google/key.ts';
import { readGoogleReference } from './google/reference.ts';
import { type KeptKey, type ServiceKey, serviceKey } from './service-key.ts';
import { type KeyServiceOptions, Surroundings } from './surroundings.ts';
import { openVaultKey } from './vault/key.ts';
import { readVaultReference } from './vault/reference.ts';

type Opener = (around: Surroundings, rest: string) => Promise<KeptKey>;

const services: Readonly<Record<string, Opener>> = Object.freeze({
  awskms: async (around, rest) => await openAwsKey(around, readAwsReference(rest)),
  gcpkms: async (around, rest) => await openGoogleKey(around, readGoogleReference(rest)),
  azurekms: async (around, rest) => await openAzureKey(around, readAzureReference(rest, around)),
  hashivault: async (around, rest) => await openVaultKey(around, readVaultReference(rest), ['VAULT', 'BAO']),
  openbao: async (around, rest) => await openVaultKey(around, readVaultReference(rest), ['BAO', 'VAULT']),
});

/** What cosign reads besides, and what to do instead. */
const others: Readonly<Record<string, string>> = Object.freeze({
  pkcs11:
    'hardware tokens need a module of their vendor, which keelson does not load; put the key into a key service',
  k8s: "keelson reads no Secrets of a cluster; write the key to a file: kubectl get secret NAME -n NAMESPACE -o jsonpath='{.data.cosign\\.key}' | base64 -d",
  gitlab:
    'keelson does not ask GitLab; a job has the variables of its project: --key env://COSIGN_PRIVATE_KEY',
  github:
    'keelson does not ask GitHub; give the secret to the job as a variable: --key env://COSIGN_PRIVATE_KEY',
});

/** Whether a text that names a key is a reference to a service, as opposed to a file. */
export function isKeyReference(text: string): boolean {
  return /^[a-z][a-z0-9]*:\/\//.test(text) || text.startsWith('pkcs11:');
}

/**
 * Opens a key in a key service by cosign's references: `awskms://`, `gcpkms://`, `azurekms://`, `hashivault://` and `openbao://`. The
 * service is asked for the public key. Nobody but the service and who gives out credentials for it is asked, and each gets its own
 * credentials only.
 *
 * @throws KmsError, HttpError
 */
export async function openKey(reference: string, options: KeyServiceOptions = {}): Promise<ServiceKey> {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9]*):(?:\/\/)?(.*)$/s.exec(reference) ?? [];
  const open = Object.hasOwn(services, scheme) ? services[scheme] : undefined;
  if (open !== undefined && reference.startsWith(`${scheme}://`))
    return serviceKey(await open(new Surroundings(options), rest));
  const instead = Object.hasOwn(others, scheme) ? others[scheme] : undefined;
  const shown = terminalSafe(reference.slice(0, 100));
  throw new KmsError(
    'KMS_REFERENCE_INVALID',
    `${shown}: ${instead ?? `keys in services are written ${Object.keys(services).join('://, ')}://`}`,
  );
}
