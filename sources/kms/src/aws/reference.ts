import { KmsError } from '../errors.ts';

/** `awskms://[ENDPOINT]/[ID/ALIAS/ARN]`. */
export interface AwsReference {
  /** `host` or `host:port`, which is asked by https in place of AWS's own. */
  readonly endpoint?: string;
  /** A key's id or ARN, or an alias or its ARN. */
  readonly key: string;
  /** Of an ARN. */
  readonly region?: string;
}

const endpointForm = /^[A-Za-z0-9.-]+(?::\d{1,5})?$/;
const idForm = /^(?:mrk-[A-Fa-f0-9]{32}|[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12})$/;
const aliasForm = /^alias\/[A-Za-z0-9/_-]{1,250}$/;
const arnForm = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(.+)$/;

/** @param rest what stands behind `awskms://` @throws KmsError KMS_REFERENCE_INVALID */
export function readAwsReference(rest: string): AwsReference {
  const slash = rest.indexOf('/');
  const [endpoint, key] = [rest.slice(0, Math.max(slash, 0)), rest.slice(slash + 1)];
  const [, region, named = key] = arnForm.exec(key) ?? [];
  const isKey = region === undefined ? idForm.test(key) : idForm.test(named.replace(/^key\//, ''));
  if (slash < 0 || !isEndpoint(endpoint) || !(isKey || aliasForm.test(named)))
    throw new KmsError(
      'KMS_REFERENCE_INVALID',
      'a key in AWS KMS is written awskms://[ENDPOINT]/KEY, where KEY is an id, an ARN, alias/NAME or the ARN of an alias',
    );
  return { key, ...(endpoint === '' ? {} : { endpoint }), ...(region === undefined ? {} : { region }) };
}

/** A port may be too high, and what looks like an address none. */
function isEndpoint(text: string): boolean {
  return text === '' || (endpointForm.test(text) && URL.canParse(`https://${text}/`));
}
