import { getCACertificates, type SecureContextOptions } from 'node:tls';
import type { HttpRequest } from '@keelson/rego';

/** What `tls_…` of a request asks for, as Node says it. */
export interface TransportSecurity extends SecureContextOptions {
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
}

/**
 * The options of transport security of a request. Files and variables of the environment are not a policy's to
 * read: it gives certificates and keys as text, from its data.
 */
export function transportSecurity({ headers, options }: HttpRequest): TransportSecurity {
  for (const name of Object.keys(options))
    if (/_(?:file|env_variable)$/.test(name))
      throw new Error(
        `${name}: policies read no files and no environment, give the text in ${name.replace(/_(?:file|env_variable)$/, '')}`,
      );
  const ca = authorities(options);
  const certificate = pem(options['tls_client_cert']);
  const key = pem(options['tls_client_key']);
  const name = options['tls_server_name'] ?? headers.find(([header]) => header === 'Host')?.[1];
  return {
    rejectUnauthorized: options['tls_insecure_skip_verify'] !== true,
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
    ...(typeof name === 'string' && name !== '' ? { servername: name.replace(/:\d+$/, '') } : {}),
  };
}

/** The authorities that count, where they are not those that Node knows. */
function authorities(options: HttpRequest['options']): string[] | undefined {
  const given = pem(options['tls_ca_cert']);
  const system = options['tls_use_system_certs'] === true ? getCACertificates('system') : undefined;
  if (given === undefined) return system;
  // Node takes a text without certificates as none at all.
  if (!given.includes('-----BEGIN CERTIFICATE-----')) throw new Error('could not append certificates');
  return [...(system ?? []), given];
}

/** A text in PEM, whose line ends may be written as `\n`. */
function pem(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value.replaceAll('\\n', '\n') : undefined;
}
