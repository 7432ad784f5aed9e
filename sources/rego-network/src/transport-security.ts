import { isIP } from 'node:net';
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
  const name = serverName(options['tls_server_name'] ?? headers.find(([header]) => header === 'Host')?.[1]);
  return {
    rejectUnauthorized: options['tls_insecure_skip_verify'] !== true,
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
    ...(name === undefined ? {} : { servername: name }),
  };
}

/** A name as it stands in a certificate; addresses are not sent as names (RFC 6066 section 3). */
function serverName(given: string | boolean | undefined): string | undefined {
  const name = typeof given === 'string' ? given.replace(/:\d+$/, '') : '';
  return name === '' || isIP(name.replace(/^\[|\]$/g, '')) !== 0 ? undefined : name;
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
