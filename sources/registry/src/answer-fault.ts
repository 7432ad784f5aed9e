import { isObject, type JsonObject, terminalSafe } from '@keelson/core';
import { type HttpAnswer, HttpError } from '@keelson/http';
import { OciError } from '@keelson/oci';
import { withoutCredentials } from './authorizer.ts';
import { RegistryError } from './errors.ts';
import { objectIn } from './json.ts';

const maxBodyBytes = 16 * 1024;
const maxShown = 400;

/**
 * The error for an answer that was not wanted, with what the registry says of it.
 *
 * @param lacksCredentials whether it was asked without any, since there are none
 */
export async function answerFault(
  what: string,
  answer: HttpAnswer,
  lacksCredentials: boolean,
): Promise<RegistryError | OciError> {
  const said = await reasonOf(answer);
  const message = `${terminalSafe(what.slice(0, maxShown))}: ${textOf(answer.status, lacksCredentials)}${said === '' ? '' : `: ${said}`}`;
  const { status } = answer;
  if (status === 404) return new OciError('CONTENT_NOT_FOUND', message);
  if (status === 401 || status === 403) return new RegistryError('REGISTRY_DENIED', message);
  const isTheirs = status >= 500 || status === 429 || status === 408;
  if (isTheirs) return new RegistryError('REGISTRY_FAILED', message);
  return new RegistryError(status >= 400 ? 'REGISTRY_REFUSED' : 'REGISTRY_ANSWER_INVALID', message);
}

const texts: Readonly<Record<number, string>> = {
  401: 'the registry wants other credentials',
  403: 'the registry does not allow it',
  404: 'it is not there',
  405: 'the registry does not do that',
  413: 'it is too large for the registry',
  429: 'the registry is too busy',
};

function textOf(status: number, lacksCredentials: boolean): string {
  if (status === 401 && lacksCredentials) return `the registry wants credentials, and ${withoutCredentials}`;
  return texts[status] ?? `status ${status}`;
}

/** The codes and messages of the registry's errors, harmless for a terminal; empty where it says nothing that can be read. */
async function reasonOf(answer: HttpAnswer): Promise<string> {
  const { errors } = await bodyOf(answer);
  if (!Array.isArray(errors)) return '';
  const reasons = errors.slice(0, 3).flatMap((error) => {
    const { code, message } = isObject(error) ? error : {};
    const parts = [code, message].filter((part) => typeof part === 'string' && part !== '');
    return parts.length === 0 ? [] : [parts.join(' ')];
  });
  const text = terminalSafe(reasons.join('; '));
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

async function bodyOf(answer: HttpAnswer): Promise<JsonObject> {
  try {
    return objectIn(await answer.bytes(maxBodyBytes));
  } catch (error) {
    // The status alone says enough.
    if (error instanceof HttpError) return {};
    throw error;
  }
}
