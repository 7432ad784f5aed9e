import { join } from 'node:path';
import { decodeBase64, type JsonFields, type JsonObject, objectOf } from '@keelson/core';
import {
  der,
  hashOfScheme,
  type PublicKey,
  publicKeyFromPem,
  readPublicKey,
  type SignatureScheme,
} from '@keelson/pki';
import { KmsError } from '../errors.ts';
import { askFields } from '../exchange.ts';
import { type KeptKey, publicKeyOfService } from '../service-key.ts';
import type { Surroundings } from '../surroundings.ts';

/** A digest is given, and Vault signs by what it is told; so cosign's own choice goes first, which is SHA-256. */
const hashes = ['sha256', 'sha384', 'sha512'] as const;
const schemes: readonly SignatureScheme[] = [
  ...hashes.map((hash) => `ecdsa-${hash}` as const),
  'rsa-pkcs1-sha256',
  'rsa-pss-sha256',
  'rsa-pkcs1-sha384',
  'rsa-pkcs1-sha512',
  'rsa-pss-sha384',
  'rsa-pss-sha512',
  'ed25519',
];
/** Of a message that is sent whole: Vault takes requests of 32 MiB, in base64. */
const maxMessageBytes = 16 << 20;

type Call = (path: string, body?: JsonObject) => Promise<JsonFields>;

/** What names of variables begin with; those of both programs may be set, for servers of both. */
type Program = 'VAULT' | 'BAO';

/**
 * The newest version of a key of Vault's transit engine (Vault, "Transit secrets engine (API)").
 *
 * @param programs the first whose address is set says where the server is, and who asks
 * @throws KmsError, HttpError
 */
export async function openVaultKey(
  around: Surroundings,
  key: string,
  programs: readonly [Program, ...Program[]],
): Promise<KeptKey> {
  const mount = mountOf(around);
  const call = caller(around, programs);
  const answer = await call(`${mount}/keys/${key}`);
  const version = answer.count('latest_version');
  const name = `${mount}/keys/${key}, version ${version},`;
  if (answer.text('name') !== key)
    throw answer.invalid('name', 'is another key than the one that was asked for');
  if (answer.optionalBoolean('derived') === true)
    throw new KmsError('KMS_KEY_UNFIT', `${name} is derived anew for each context, so it is not one key`);
  const type = answer.text('type');
  // Symmetric keys have a number in its place.
  const text = isAsymmetric(type)
    ? answer.required('keys').required(String(version)).text('public_key')
    : undefined;
  if (text === undefined)
    throw new KmsError(
      'KMS_KEY_UNFIT',
      `${name} is of the type ${JSON.stringify(type.slice(0, 40))}, by which keelson does not sign`,
    );
  return {
    name,
    publicKey: publicKeyOfService(name, () =>
      type === 'ed25519' ? ed25519Key(answer, text) : publicKeyFromPem(text),
    ),
    schemes,
    sign: async (scheme, input) => {
      if (input.length > maxMessageBytes)
        throw new KmsError(
          'KMS_KEY_UNFIT',
          `${name} is an Ed25519 key, which signs whole messages, and ${maxMessageBytes} bytes are sent: take a key of another type`,
        );
      const signed = await call(`${mount}/sign/${key}`, requestOf(scheme, input, version));
      const [, used, signature] =
        /^vault:v(\d{1,10}):([A-Za-z0-9+/=]+)$/.exec(signed.text('signature')) ?? [];
      if (used !== String(version)) throw signed.invalid('signature', 'is not of the version that was asked');
      const bytes = decodeBase64(signature ?? '', 'standard');
      if (bytes === undefined) throw signed.invalid('signature', 'is no base64');
      return bytes;
    },
  };
}

function isAsymmetric(type: string): boolean {
  return type === 'ed25519' || /^(?:ecdsa-p|rsa-)\d{3,4}$/.test(type);
}

function requestOf(scheme: SignatureScheme, input: Uint8Array, version: number): JsonObject {
  const hash = hashOfScheme(scheme);
  return objectOf([
    ['input', Buffer.from(input).toString('base64')],
    ['key_version', version],
    ...(hash === undefined
      ? []
      : ([
          ['prehashed', true],
          ['hash_algorithm', `sha2-${hash.slice(3)}`],
          ['marshaling_algorithm', 'asn1'],
        ] as const)),
    ...(scheme.startsWith('rsa')
      ? ([
          ['signature_algorithm', scheme.startsWith('rsa-pss') ? 'pss' : 'pkcs1v15'],
          ['salt_length', 'hash'],
        ] as const)
      : []),
  ]);
}

/** The 32 bytes themselves, in base64; RFC 8410, 4 says what stands around them. */
function ed25519Key(answer: JsonFields, text: string): PublicKey {
  const bytes = decodeBase64(text, 'standard');
  if (bytes === undefined) throw answer.invalid('keys', 'has a public key that is no base64');
  return readPublicKey(der.sequence(der.sequence(der.oid('1.3.101.112')), der.bitString(bytes)));
}

function mountOf(around: Surroundings): string {
  const path = (around.variable('TRANSIT_SECRET_ENGINE_PATH') ?? 'transit').replaceAll(/^\/|\/$/g, '');
  if (!/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/.test(path))
    throw new KmsError(
      'KMS_CREDENTIALS_MISSING',
      'TRANSIT_SECRET_ENGINE_PATH is no path of a secrets engine',
    );
  return path;
}

function caller(around: Surroundings, programs: readonly [Program, ...Program[]]): Call {
  const program = programs.find((each) => around.variable(`${each}_ADDR`) !== undefined) ?? programs[0];
  const address = around.variable(`${program}_ADDR`);
  if (address === undefined)
    throw new KmsError(
      'KMS_CREDENTIALS_MISSING',
      `where is the server? Set ${programs.map((each) => `${each}_ADDR and ${each}_TOKEN`).join(', or ')}`,
    );
  const base = URL.parse(address);
  if (base === null || base.search !== '' || base.hash !== '' || base.username !== '' || base.password !== '')
    throw new KmsError('KMS_CREDENTIALS_MISSING', `${program}_ADDR is no address of a server`);
  base.pathname = `${base.pathname.replace(/\/$/, '')}/v1/`;
  const namespace = around.variable(`${program}_NAMESPACE`);
  const headers = {
    'x-vault-token': tokenOf(around, program),
    'x-vault-request': 'true',
    ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
  };
  return async (path, body) => {
    const url = new URL(path, base);
    const request = body === undefined ? { url, headers } : { url, headers, method: 'POST' as const, body };
    return (await askFields(around, 'the answer of Vault', request)).required('data');
  };
}

/** The token of one program goes to no server of the other. */
function tokenOf(around: Surroundings, program: Program): string {
  const file = join(around.home, '.vault-token');
  const token = around.secretVariable(`${program}_TOKEN`) ?? around.optionalFile(file)?.trim() ?? '';
  if (token === '')
    throw new KmsError(
      'KMS_CREDENTIALS_MISSING',
      `no token for the server that ${program}_ADDR names: set ${program}_TOKEN, or log in, which writes ~/.vault-token`,
    );
  return around.secrets.keep(token);
}
