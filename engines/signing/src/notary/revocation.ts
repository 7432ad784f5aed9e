import { isKeelsonError } from '@keelson/core';
import {
  type Certificate,
  crlStatus,
  crlUris,
  extensionOids,
  freshestCrlUris,
  ocspRequest,
  ocspUris,
  type RevocationList,
  type RevocationStatus,
  readCrl,
  readOcspResponse,
  verifyOcspResponse,
} from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { subjectOf } from './certificate-rules.ts';

/** Where answers about revocation come from. A failure is a KeelsonError; the next place is asked then. */
export interface RevocationSource {
  /** The answer of a responder to a request of OCSP. */
  ocsp(uri: string, request: Uint8Array): Promise<Uint8Array>;
  /** A revocation list in DER. */
  crl(uri: string): Promise<Uint8Array>;
}

/** Revocation lists that were fetched before; one that is no longer in force is fetched again. */
export interface RevocationCache {
  get(uri: string): Promise<Uint8Array | undefined>;
  /** Called with lists that were verified. */
  set(uri: string, crl: Uint8Array): Promise<void>;
}

export interface RevocationOptions {
  /** Absent: nobody is asked, and only the cache answers. */
  readonly source?: RevocationSource | undefined;
  readonly cache?: RevocationCache | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When the signature was made, where that is trusted: a key that was lost later did not make it. */
  readonly signedAt?: number | undefined;
}

/** What was found out about one certificate. */
export interface CertificateRevocation {
  readonly certificate: Certificate;
  /** How: `none` for a certificate that names nobody to ask. */
  readonly method: 'ocsp' | 'crl' | 'none';
  readonly status: 'good' | 'revoked' | 'unknown';
  /** What went wrong at each place that was asked. */
  readonly notes: readonly string[];
}

/** Places that are asked for one certificate, of each kind. */
const maxPlaces = 8;

/**
 * Judges a chain from below its root to the signer (trust-store-trust-policy.md, certificate revocation evaluation): OCSP first, then
 * revocation lists. The root is trusted as it is.
 */
export async function checkRevocation(
  chain: readonly Certificate[],
  options: RevocationOptions,
): Promise<readonly CertificateRevocation[]> {
  const found: CertificateRevocation[] = [];
  for (let at = chain.length - 2; at >= 0; at--) {
    const [certificate, issuer] = [chain[at], chain[at + 1]];
    if (certificate !== undefined && issuer !== undefined)
      found.push(await statusOf(certificate, issuer, options));
  }
  return found;
}

/**
 * Refuses a chain with a certificate that was revoked, or of which that could not be found out.
 *
 * @throws SigningError NOTARY_CERTIFICATE_REVOKED, NOTARY_REVOCATION_UNKNOWN
 */
export function demandNotRevoked(results: readonly CertificateRevocation[]): void {
  const revoked = results.find(({ status }) => status === 'revoked');
  if (revoked !== undefined)
    throw new SigningError(
      'NOTARY_CERTIFICATE_REVOKED',
      `the certificate of ${subjectOf(revoked.certificate)} is revoked`,
    );
  const unknown = results.find(({ status }) => status === 'unknown');
  if (unknown !== undefined)
    throw new SigningError(
      'NOTARY_REVOCATION_UNKNOWN',
      `whether the certificate of ${subjectOf(unknown.certificate)} is revoked is not known: ${unknown.notes.join('; ')}`,
    );
}

async function statusOf(
  certificate: Certificate,
  issuer: Certificate,
  options: RevocationOptions,
): Promise<CertificateRevocation> {
  const notes: string[] = [];
  const ask = new Inquiry(certificate, issuer, options, notes);
  const places = placesOf(certificate, notes);
  if (places === undefined) return { certificate, method: 'none', status: 'unknown', notes };
  const { responders, lists } = places;
  const viaOcsp = await ask.responders(responders);
  if (viaOcsp !== undefined) return { certificate, method: 'ocsp', status: viaOcsp, notes };
  const viaCrl = await ask.lists(lists);
  if (viaCrl !== undefined) return { certificate, method: 'crl', status: viaCrl, notes };
  if (responders.length === 0 && lists.length === 0)
    return { certificate, method: 'none', status: 'good', notes };
  return { certificate, method: lists.length > 0 ? 'crl' : 'ocsp', status: 'unknown', notes };
}

/** Whom a certificate says to ask; undefined where it cannot be read. */
function placesOf(
  certificate: Certificate,
  notes: string[],
): { responders: readonly string[]; lists: readonly string[] } | undefined {
  try {
    return { responders: ocspUris(certificate), lists: crlUris(certificate) };
  } catch (error) {
    notes.push(noted(error));
    return undefined;
  }
}

function noted(error: unknown): string {
  if (isKeelsonError(error)) return error.message;
  throw error;
}

/** Asks about one certificate, and notes what went wrong. */
class Inquiry {
  readonly #certificate: Certificate;
  readonly #issuer: Certificate;
  readonly #options: RevocationOptions;
  readonly #notes: string[];

  constructor(certificate: Certificate, issuer: Certificate, options: RevocationOptions, notes: string[]) {
    this.#certificate = certificate;
    this.#issuer = issuer;
    this.#options = options;
    this.#notes = notes;
  }

  /** Undefined where no responder could tell. */
  async responders(uris: readonly string[]): Promise<'good' | 'revoked' | undefined> {
    for (const uri of uris.slice(0, maxPlaces)) {
      try {
        const status = await this.#responder(uri);
        if (status !== undefined) return status;
      } catch (error) {
        this.#notes.push(`${uri}: ${noted(error)}`);
      }
    }
    return undefined;
  }

  async #responder(uri: string): Promise<'good' | 'revoked' | undefined> {
    const { source, now } = this.#options;
    if (!this.#mayAsk(uri) || source === undefined) return undefined;
    const [certificate, issuer] = [this.#certificate, this.#issuer];
    const answer = readOcspResponse(await source.ocsp(uri, ocspRequest({ certificate, issuer })));
    const { status, responder } = verifyOcspResponse(answer, { certificate, issuer, at: now });
    if (status.status === 'unknown') {
      this.#notes.push(`${uri}: the responder does not know the certificate`);
      return undefined;
    }
    if (!(await this.#mayAnswer(responder))) {
      this.#notes.push(`${uri}: the certificate of the responder is revoked, or nobody can tell`);
      return undefined;
    }
    return status.status;
  }

  /** A delegate is itself looked up in the CA's lists, unless the CA says that this is not needed (RFC 6960, 4.2.2.2.1). */
  async #mayAnswer(responder: Certificate): Promise<boolean> {
    if (responder === this.#issuer || responder.extensions.has(extensionOids.ocspNoCheck)) return true;
    const lists = crlUris(responder);
    if (lists.length === 0) return true;
    const inquiry = new Inquiry(responder, this.#issuer, this.#options, this.#notes);
    return (await inquiry.lists(lists)) === 'good';
  }

  /** Undefined where no list could be had, or none holds. */
  async lists(uris: readonly string[]): Promise<'good' | 'revoked' | undefined> {
    for (const uri of uris.slice(0, maxPlaces)) {
      for (const load of [this.#cached, this.#fetched]) {
        try {
          const crl = await load.call(this, uri);
          if (crl === undefined) continue;
          const status = await this.#inLists(crl);
          if (load === this.#fetched) await this.#options.cache?.set(uri, crl.bytes);
          return this.#judge(status);
        } catch (error) {
          this.#notes.push(`${uri}: ${noted(error)}`);
        }
      }
    }
    return undefined;
  }

  async #cached(uri: string): Promise<RevocationList | undefined> {
    const bytes = await this.#options.cache?.get(uri);
    const crl = bytes === undefined ? undefined : readCrl(bytes);
    return (crl?.nextUpdate ?? Number.NEGATIVE_INFINITY) < this.#options.now ? undefined : crl;
  }

  async #fetched(uri: string): Promise<RevocationList | undefined> {
    const { source } = this.#options;
    if (!this.#mayAsk(uri) || source === undefined) return undefined;
    return readCrl(await source.crl(uri));
  }

  /** By the complete list, and the delta list where there is one: without that the word of the other is too old. */
  async #inLists(crl: RevocationList): Promise<RevocationStatus> {
    const query = { certificate: this.#certificate, issuer: this.#issuer, crl, at: this.#options.now };
    const inBase = crlStatus(query);
    const own = freshestCrlUris(crl);
    const uris = own.length > 0 ? own : freshestCrlUris(this.#certificate);
    if (uris.length === 0) return inBase;
    for (const uri of uris.slice(0, maxPlaces)) {
      for (const load of [this.#cached, this.#fetched]) {
        try {
          const delta = await load.call(this, uri);
          if (delta === undefined) continue;
          const status = crlStatus({ ...query, delta });
          if (load === this.#fetched) await this.#options.cache?.set(uri, delta.bytes);
          return status;
        } catch (error) {
          this.#notes.push(`${uri}: ${noted(error)}`);
        }
      }
    }
    throw new SigningError(
      'NOTARY_REVOCATION_UNKNOWN',
      'the delta list that belongs to the list cannot be had',
    );
  }

  /** A key that was lost only after the signature did not make it. */
  #judge(status: RevocationStatus): 'good' | 'revoked' {
    if (status.status === 'good') return 'good';
    const { signedAt } = this.#options;
    const lostAt = status.invalidityDate;
    return signedAt !== undefined && lostAt !== undefined && signedAt < lostAt ? 'good' : 'revoked';
  }

  #mayAsk(uri: string): boolean {
    if (!/^https?:\/\//i.test(uri)) this.#notes.push(`${uri.slice(0, 200)} is no address of HTTP`);
    else if (this.#options.source === undefined)
      this.#notes.push(`${uri} was not asked: there is no network`);
    else return true;
    return false;
  }
}
