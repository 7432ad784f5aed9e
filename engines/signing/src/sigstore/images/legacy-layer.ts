import { objectOf, stringifyJson } from '@keelson/core';
import { writeEnvelope } from '@keelson/envelopes';
import { writePem } from '@keelson/pki';
import { SigningError } from '../../errors.ts';
import type { Bundle } from '../bundle.ts';
import type { LogEntry } from '../log-entry.ts';
import { readStatementHeader } from '../statement.ts';
import { dsseMediaType, legacyAnnotations } from './legacy.ts';
import { simpleSigningMediaType } from './simple-signing.ts';

/** A signature or an attestation as a layer of the manifest at a `.sig` or `.att` tag. */
export interface LegacyLayer {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations: ReadonlyMap<string, string>;
}

/**
 * A bundle in the form of cosign 1 and 2, which knows one entry of the first Rekor and one timestamp beside a signature. What the form has
 * no place for is refused: it would be lost.
 *
 * @param payload what was signed, where the bundle has a messageSignature: simple signing
 * @throws SigningError BUNDLE_UNSUPPORTED
 */
export function layerOfBundle(bundle: Bundle, payload?: Uint8Array): LegacyLayer {
  const { content } = bundle;
  const beside = annotationsOf(bundle);
  if (content.kind === 'message') {
    if (payload === undefined) throw unsupported('what was signed is not known');
    const signature: readonly [string, string] = [legacyAnnotations.signature, base64(content.signature)];
    return {
      mediaType: simpleSigningMediaType,
      bytes: payload,
      annotations: new Map([signature, ...beside]),
    };
  }
  const { predicateType } = readStatementHeader(content.envelope.payload);
  return {
    mediaType: dsseMediaType,
    bytes: Buffer.from(writeEnvelope(content.envelope)),
    annotations: new Map([
      // The signature stands in the envelope; cosign looks for the name all the same.
      [legacyAnnotations.signature, ''],
      ['predicateType', predicateType],
      ...beside,
    ]),
  };
}

function annotationsOf({ material, logEntries, timestamps }: Bundle): readonly (readonly [string, string])[] {
  const [entry, ...otherEntries] = logEntries;
  const [timestamp, ...otherTimestamps] = timestamps;
  if (otherEntries.length > 0 || otherTimestamps.length > 0)
    throw unsupported('it has a place for one log entry and one timestamp');
  const found: [string, string][] = [];
  if (material.kind === 'certificate') {
    found.push([legacyAnnotations.certificate, writePem('CERTIFICATE', material.leaf)]);
    const chain = material.intermediates.map((each) => writePem('CERTIFICATE', each)).join('');
    if (chain !== '') found.push([legacyAnnotations.chain, chain]);
  }
  if (entry !== undefined) found.push([legacyAnnotations.bundle, promiseOf(entry)]);
  if (timestamp !== undefined)
    found.push([
      legacyAnnotations.timestamp,
      stringifyJson(objectOf([['SignedRFC3161Timestamp', base64(timestamp)]])),
    ]);
  return found;
}

/** The log's promise with what it is about, in the words of cosign. */
function promiseOf({ promise, integratedTime, body, logIndex, logId }: LogEntry): string {
  if (promise === undefined || integratedTime === undefined)
    throw unsupported(
      'it keeps entries of the first Rekor alone, whose promise says when they were taken in',
    );
  const payload = objectOf([
    ['body', base64(body)],
    ['integratedTime', integratedTime / 1_000],
    ['logIndex', logIndex],
    ['logID', Buffer.from(logId).toString('hex')],
  ]);
  return stringifyJson(
    objectOf([
      ['SignedEntryTimestamp', base64(promise)],
      ['Payload', payload],
    ]),
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function unsupported(reason: string): SigningError {
  return new SigningError(
    'BUNDLE_UNSUPPORTED',
    `the signature cannot be kept in the form of cosign 1 and 2: ${reason}`,
  );
}
