import { KmsError } from '../errors.ts';
import type { Surroundings } from '../surroundings.ts';

/** A cloud of Azure: where its tokens come from and where its keys are. */
interface Cloud {
  readonly names: readonly string[];
  readonly login: string;
  /** Key vaults, then managed HSMs. */
  readonly domains: readonly [vaults: string, hsms: string];
}

/** Azure SDK, azcore/cloud; Key Vault documentation, "Azure Key Vault keys, secrets and certificates overview". */
const clouds: readonly [Cloud, ...Cloud[]] = [
  {
    names: ['azurecloud', 'azurepubliccloud'],
    login: 'login.microsoftonline.com',
    domains: ['vault.azure.net', 'managedhsm.azure.net'],
  },
  {
    names: ['azureusgovernment', 'azureusgovernmentcloud'],
    login: 'login.microsoftonline.us',
    domains: ['vault.usgovcloudapi.net', 'managedhsm.usgovcloudapi.net'],
  },
  {
    names: ['azurechinacloud'],
    login: 'login.chinacloudapi.cn',
    domains: ['vault.azure.cn', 'managedhsm.azure.cn'],
  },
];

/** `azurekms://VAULT[.DOMAIN]/KEY[/VERSION]`. */
export interface AzureReference {
  readonly host: string;
  readonly key: string;
  /** The newest, where it is not given. */
  readonly version?: string;
  /** For whom tokens are made out. */
  readonly resource: string;
  /** Where tokens come from. */
  readonly login: string;
}

const form = /^([A-Za-z0-9-]{1,127})((?:\.[a-z]+)*)\/([A-Za-z0-9-]{1,127})(?:\/([A-Za-z0-9]{0,64}))?$/;

/**
 * @param rest what stands behind `azurekms://`
 * @throws KmsError KMS_REFERENCE_INVALID; KMS_CREDENTIALS_MISSING for a cloud that is not known
 */
export function readAzureReference(rest: string, around: Surroundings): AzureReference {
  const [, vault, domain = '', key, version = ''] = form.exec(rest) ?? [];
  if (vault === undefined || key === undefined)
    throw new KmsError(
      'KMS_REFERENCE_INVALID',
      'a key in Azure Key Vault is written azurekms://VAULT/KEY[/VERSION], where VAULT may have its domain, as shop.vault.azure.net',
    );
  const { login, domains } = domain === '' ? cloudOf(around) : cloudOfDomain(domain.slice(1));
  const suffix = domain === '' ? domains[0] : domain.slice(1);
  return {
    host: `${vault.toLowerCase()}.${suffix}`,
    key,
    ...(version === '' ? {} : { version }),
    resource: `https://${suffix}`,
    login,
  };
}

/** The token for a vault is good for all vaults, so no other host gets it. */
function cloudOfDomain(domain: string): Cloud {
  const cloud = clouds.find(({ domains }) => domains.includes(domain));
  if (cloud === undefined)
    throw new KmsError(
      'KMS_REFERENCE_INVALID',
      `${domain} is no domain of key vaults: those are ${clouds.flatMap(({ domains }) => domains).join(', ')}`,
    );
  return cloud;
}

function cloudOf(around: Surroundings): Cloud {
  const name = around.variable('AZURE_ENVIRONMENT');
  const cloud =
    name === undefined ? clouds[0] : clouds.find(({ names }) => names.includes(name.toLowerCase()));
  if (cloud === undefined)
    throw new KmsError(
      'KMS_CREDENTIALS_MISSING',
      'AZURE_ENVIRONMENT is none of AzurePublicCloud, AzureUSGovernment and AzureChinaCloud',
    );
  return cloud;
}
