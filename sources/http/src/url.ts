import { terminalSafe } from '@keelson/core';
import { isLocalName, isLoopbackAddress, isMetadataAddress, isMetadataName } from './addresses.ts';
import { HttpError } from './errors.ts';

/** Whether a host name or address can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return name === 'localhost' || name === '[::1]' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** Addresses that no server outside has any business with: this machine, and services of a cloud's host. */
export function isInward({ hostname }: URL): boolean {
  const name = hostname.replace(/^\[|\]$|\.$/g, '');
  return isLocalName(name) || isMetadataName(name) || isLoopbackAddress(name) || isMetadataAddress(name);
}

/**
 * A URL that a request may go to: https, or http to this machine or where it is allowed; without credentials in it, which
 * would be shown.
 *
 * @throws HttpError HTTP_URL_REFUSED
 */
export function checkedUrl(text: string, plainHttp: boolean): URL {
  const url = URL.parse(text);
  if (url === null) throw new HttpError('HTTP_URL_REFUSED', `${shownText(text)} is no URL`);
  if (url.username !== '' || url.password !== '')
    throw new HttpError('HTTP_URL_REFUSED', `${shownUrl(url)} has credentials in it`);
  if (url.protocol === 'https:') return url;
  if (url.protocol !== 'http:') throw new HttpError('HTTP_URL_REFUSED', `${shownUrl(url)} is not https`);
  if (plainHttp || isLoopback(url.hostname)) return url;
  throw new HttpError('HTTP_URL_REFUSED', `${shownUrl(url)} is not https, and plain http is not allowed`);
}

/**
 * Where a redirect, or another word of a server, may lead: never from https to http, never from outside to this machine.
 *
 * @throws HttpError HTTP_REDIRECT_REFUSED
 */
export function onwardUrl(from: URL, location: string | null, plainHttp: boolean): URL {
  const refuse = (reason: string) =>
    new HttpError('HTTP_REDIRECT_REFUSED', `${shownUrl(from)} sends on ${reason}`);
  if (location === null) throw refuse('and does not say where');
  const target = URL.parse(location, from.href);
  if (target === null) throw refuse(`to ${shownText(location)}, which is no URL`);
  if (target.username !== '' || target.password !== '') throw refuse('to a URL with credentials in it');
  const isPlain = target.protocol === 'http:';
  if (!isPlain && target.protocol !== 'https:') throw refuse(`to ${shownUrl(target)}, which is not https`);
  if (isPlain && from.protocol === 'https:') throw refuse(`from https to ${shownUrl(target)}`);
  if (isPlain && !plainHttp && !isLoopback(target.hostname))
    throw refuse(`to ${shownUrl(target)}, and plain http is not allowed`);
  if (isInward(target) && target.origin !== from.origin && !isLoopback(from.hostname))
    throw refuse(`to ${shownUrl(target)}, which is within this machine or network`);
  return target;
}

/** A URL for messages: without credentials, and without the query, which may be a signature that opens a blob. */
export function shownUrl(url: URL): string {
  return shownText(`${url.protocol}//${url.host}${url.pathname}`);
}

function shownText(text: string): string {
  return terminalSafe(text.length > 300 ? `${text.slice(0, 300)}…` : text);
}
