import type { HttpAnswer } from '@keelson/http';
import type { RegistryClient, RegistryRequest } from './client.ts';
import { RegistryError } from './errors.ts';

/**
 * The pages of a list, as `Link` headers lead from one to the next (RFC 8288; distribution-spec 1.1, "Listing Tags").
 *
 * @throws RegistryError REGISTRY_LIMIT, REGISTRY_ANSWER_INVALID and those of a request
 */
export async function* pagesOf(
  client: RegistryClient,
  request: RegistryRequest,
): AsyncGenerator<{ answer: HttpAnswer; bytes: Uint8Array }> {
  const { maxPages, maxPageBytes } = client.limits;
  const seen = new Set<string>();
  for (let next: RegistryRequest | undefined = request; next !== undefined; ) {
    const url = client.urlOf(next.path);
    if (seen.has(url.href))
      throw new RegistryError('REGISTRY_ANSWER_INVALID', `${url.host}: pages go in a circle`);
    if (seen.size >= maxPages)
      throw new RegistryError('REGISTRY_LIMIT', `${url.host}: more than maxPages (${maxPages}) pages`);
    seen.add(url.href);
    const answer: HttpAnswer = await client.send(next);
    yield { answer, bytes: await answer.bytes(maxPageBytes) };
    const target = nextOf(answer.headers.get('link'));
    // A link is resolved from the page that it stands on (RFC 8288, 3.2).
    next = target === undefined ? undefined : { ...next, path: client.urlOf(target, url) };
  }
}

function nextOf(header: string | null): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').slice(0, 8_192).matchAll(/<([^<>]*)>([^<]*)/g))
    if (/;\s*rel\s*=\s*"?next"?(?:[\s;,]|$)/i.test(parameters)) return target;
  return undefined;
}
