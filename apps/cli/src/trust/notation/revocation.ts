import { HttpClient } from '@keelson/http';
import type { RevocationSource } from '@keelson/signing';
import { CommandError } from '../../errors.ts';

const maxBytes = 32 << 20;

/** Asks the responders and lists that certificates name. Their answers are signed, and go over plain HTTP. */
export function revocationServers(): RevocationSource {
  const http = new HttpClient({ plainHttp: true });
  const body = async (request: Parameters<HttpClient['send']>[0]) => {
    const answer = await http.send(request);
    if (answer.status === 200) return await answer.bytes(maxBytes);
    await answer.discard();
    throw new CommandError('OUTSIDE_FAILED', `${String(request.url)} answered ${answer.status}`);
  };
  return {
    ocsp: (url, request) =>
      body({
        url,
        method: 'POST',
        body: request,
        headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
      }),
    crl: (url) => body({ url }),
  };
}
