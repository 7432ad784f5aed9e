const providers = ['awskms://', 'azurekms://', 'hashivault://', 'gcpkms://'];

const uuid = 'm?r?k?-?[A-Fa-f0-9]{8}-?[A-Fa-f0-9]{4}-?[A-Fa-f0-9]{4}-?[A-Fa-f0-9]{4}-?[A-Fa-f0-9]{12}';
const arn = 'arn:(?:aws|aws-us-gov|aws-cn):kms:[a-z0-9-]+:\\d{12}:';
const awsForms = [uuid, `${arn}key/${uuid}`, 'alias/.*', `${arn}alias/.*`].map(
  (form) => new RegExp(`^awskms://[^/]*/${form}$`),
);
const awsForm = 'kms key should be in the format awskms://[ENDPOINT]/[ID/ALIAS/ARN] (endpoint optional)';

/** Why policy-controller refuses the name of a key in a key service; undefined where it takes it. Of AWS it takes full names (ARN) only. */
export function keyServiceFault(name: string): string | undefined {
  if (!providers.some((provider) => name.startsWith(provider)))
    return `malformed KMS format, should be prefixed by any of the supported providers: [${providers.join(' ')}]`;
  return name.startsWith('awskms://') ? awsFault(name) : undefined;
}

function awsFault(name: string): string | undefined {
  const parts = name.split('/');
  const [, , endpoint = '', id = ''] = parts;
  if (parts.length < 4)
    return "malformed AWS KMS format 'awskms://$ENDPOINT/$KEYID', should be conformant with KMS standard documented here: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id";
  if (!awsForms.some((form) => form.test(name))) return awsForm;
  if (endpoint.startsWith('arn') || endpoint.startsWith('alias')) return awsForm;
  const address = endpoint === '' ? undefined : addressFault(endpoint);
  if (address !== undefined) return `malformed endpoint: address ${endpoint}: ${address}`;
  if (!id.startsWith('arn:')) return 'failed to parse either key or alias arn: arn: invalid prefix';
  return undefined;
}

/** As Go's net.SplitHostPort tells it. */
function addressFault(address: string): string | undefined {
  const colon = address.lastIndexOf(':');
  if (colon < 0) return 'missing port in address';
  if (address.startsWith('[')) {
    const end = address.indexOf(']');
    if (end < 0) return "missing ']' in address";
    if (end + 1 === address.length) return 'missing port in address';
    return end + 1 === colon ? undefined : 'too many colons in address';
  }
  return address.indexOf(':') === colon ? undefined : 'too many colons in address';
}
