import { type HttpAnswer, HttpError } from '@keelson/http';
import { type ContentName, OciError } from '@keelson/oci';
import type { RegistryClient, RegistryRequest } from './client.ts';
import { RegistryError } from './errors.ts';

/**
 * The bytes of a blob, asked for from where they broke off where a connection breaks (distribution-spec 1.1, "Pulling blobs";
 * RFC 9110, 14). They are not yet held against the digest.
 *
 * @throws OciError SIZE_MISMATCH where the registry says another length; HttpError; RegistryError
 */
export async function* downloadBlob(
  client: RegistryClient,
  request: RegistryRequest,
  name: ContentName,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  for (let resumes = 0; ; resumes++) {
    const answer = await client.send(received === 0 ? request : from(received, request));
    await checkAnswer(answer, name, received);
    // A registry that knows no ranges begins anew.
    let known = answer.status === 206 ? 0 : received;
    try {
      for await (const piece of answer.stream()) {
        const fresh = piece.subarray(known);
        known = Math.max(known - piece.length, 0);
        received += fresh.length;
        if (fresh.length > 0) yield fresh;
      }
      return;
    } catch (error) {
      const isBroken = error instanceof HttpError && error.code === 'HTTP_INTERRUPTED';
      if (!isBroken || resumes >= client.limits.maxResumes) throw error;
    }
  }
}

function from(received: number, request: RegistryRequest): RegistryRequest {
  return {
    ...request,
    headers: { ...request.headers, range: `bytes=${received}-` },
    accept: [...request.accept, 206],
  };
}

async function checkAnswer(
  answer: HttpAnswer,
  { digest, size }: ContentName,
  received: number,
): Promise<void> {
  const range = answer.headers.get('content-range') ?? '';
  const length = answer.headers.get('content-length');
  const expected = size === undefined ? undefined : answer.status === 206 ? size - received : size;
  try {
    if (answer.status === 206 && !range.startsWith(`bytes ${received}-`))
      throw new RegistryError(
        'REGISTRY_ANSWER_INVALID',
        `${answer.url.host} gives another part of ${digest}`,
      );
    if (expected !== undefined && length !== null && Number(length) !== expected)
      throw new OciError(
        'SIZE_MISMATCH',
        `${digest}: ${answer.url.host} has ${length} bytes, and there should be ${expected}`,
      );
  } catch (error) {
    await answer.discard();
    throw error;
  }
}
