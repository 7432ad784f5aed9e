import type { ProgramContext, Violation } from '@keelson/checks';
import { textAt } from '../fields.ts';

/** Requests are a kilobyte or two; the API server takes no object above 1.5 MB. */
const maxRequest = 65_536;

/** Certificate signing requests whose subject names the group system:masters. What cannot be decoded is skipped. */
export function* certificateRequestMasters({ resources }: ProgramContext): Generator<Violation> {
  for (const resource of resources) {
    const request = textAt(resource.object, ['spec', 'request']);
    if (request === undefined || !asksForMasters(request)) continue;
    yield {
      subject: resource,
      path: ['spec', 'request'],
      message: `CertificateSigningRequest "${resource.name}" asks for the group system:masters`,
    };
  }
}

/**
 * The attribute organizationName (2.5.4.10, RFC 5280 appendix A) followed by a string of DER that holds the name:
 * tag of UTF8String (12), PrintableString (19), T61String (20) or IA5String (22), then the length of the text.
 */
const masters = /\x06\x03\x55\x04\x0a[\x0c\x13\x14\x16]\x0esystem:masters/;

function asksForMasters(request: string): boolean {
  const pem = decoded(request);
  const body = pem && /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([^-]*)-----END/.exec(pem)?.[1];
  const der = body && decoded(body);
  return der !== undefined && masters.test(der);
}

/** The bytes that base64 stands for, a character each; undefined for anything else. */
function decoded(text: string): string | undefined {
  if (text.length > maxRequest) return undefined;
  try {
    return atob(text.replace(/\s/g, ''));
  } catch {
    return undefined;
  }
}
