import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKeelsonError, type JsonValue, parseJsonBytes } from '@keelson/core';
import {
  type CborMap,
  type CoseSign1,
  coseLabels,
  readCoseSign1,
  writeCose,
  x5chainOf,
} from '@keelson/envelopes';
import { type Digest, parseManifest, writeManifest } from '@keelson/oci';
import { readCertificates } from '@keelson/pki';
import {
  type NotationRequirements,
  notaryMediaTypes,
  readTrustPolicy,
  verifyNotation,
} from '@keelson/signing';
import { type Place, placesIn, withByte } from '../json-mutants.ts';
import type { Tally } from '../suite.ts';
import { judge, judgeNow, shortly } from './judge.ts';

/** What a signature of the Notary Project must bind. */
const bound: ReadonlyMap<string, Place['encoding']> = new Map([
  ['payload', 'base64'],
  ['protected', 'base64'],
  ['signature', 'base64'],
  ['header.x5c', 'base64'],
]);

interface Golden {
  readonly file: string;
  readonly mediaType: string;
  /** A change of one byte somewhere in what is bound. */
  mutant(bytes: Uint8Array, random: (below: number) => number): { id: string; bytes: Uint8Array };
}

const goldens: readonly Golden[] = [
  { file: 'sig.jws', mediaType: notaryMediaTypes.jws, mutant: jwsMutant },
  { file: 'sig.cose', mediaType: notaryMediaTypes.cose, mutant: coseMutant },
];

/** What notation wrote: accepted as it is, and refused with any byte of what is bound changed. */
export async function judgeNotationGoldens(
  tally: Tally,
  dir: string,
  image: Digest,
  mutants: number,
  random: (below: number) => number,
): Promise<void> {
  const requirements = requirementsIn(join(dir, 'notation'), image);
  for (const { file, mediaType, mutant } of goldens) {
    const bytes = readFileSync(join(dir, 'notation', file));
    const outcome = async (changed: Uint8Array) =>
      shortly(await verifyNotation(changed, mediaType, requirements));
    await judge(tally, `notation/${file}`, 'accepted', () => outcome(bytes));
    for (let at = 0; at < mutants; at++) {
      const { id, bytes: changed } = mutant(bytes, random);
      await judgeMutant(tally, `notation/${file} ${id}`, () => outcome(changed));
    }
  }
  for (const name of ['manifest-1.json', 'manifest-2.json'])
    judgeNow(tally, `registry/${name} written again`, 'the same bytes', () => {
      const bytes = readFileSync(join(dir, 'registry', name));
      return Buffer.compare(writeManifest(parseManifest(bytes)), bytes) === 0 ? 'the same bytes' : 'others';
    });
}

function requirementsIn(dir: string, image: Digest): NotationRequirements {
  const certificates = readCertificates(readFileSync(join(dir, 'keelson.test.crt')));
  const descriptor = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: image, size: 401 };
  return {
    target: { kind: 'image', descriptor, repository: '127.0.0.1:5002/demo/app' },
    policy: readTrustPolicy(readFileSync(join(dir, 'tp.json')), 'oci'),
    trustStores: {
      certificates: (type, name) => (type === 'ca' && name === 'keelson.test' ? certificates : []),
    },
    now: Date.parse('2026-11-23T02:40:00Z'),
  };
}

async function judgeMutant(tally: Tally, id: string, run: () => Promise<string>): Promise<void> {
  try {
    if ((await run()) === 'accepted') tally.fail(id, 'a mutant was accepted');
    else tally.pass();
  } catch (error) {
    if (isKeelsonError(error)) tally.pass();
    else tally.fail(id, `crashed: ${String(error)}`);
  }
}

function jwsMutant(bytes: Uint8Array, random: (below: number) => number): { id: string; bytes: Uint8Array } {
  const value: JsonValue = parseJsonBytes(bytes);
  const places = placesIn(value, bound);
  const place = places[random(places.length)];
  if (place === undefined) throw new Error('there is nothing to change');
  const position = random(place.bytes.length);
  const change = 1 + random(255);
  const text = withByte(value, place, position, change);
  // The certificates are in base64, all else in its form for URLs.
  const whole =
    place.path[0] === 'header'
      ? text
      : text.replace(JSON.stringify(asBase64(place, position, change)), (each) => urlForm(each));
  return { id: `${place.path.join('.')} byte ${position} xor ${change}`, bytes: Buffer.from(whole) };
}

function asBase64({ bytes }: Place, position: number, change: number): string {
  const copy = Buffer.from(bytes);
  copy[position] = (copy[position] ?? 0) ^ change;
  return copy.toString('base64');
}

function urlForm(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function coseMutant(bytes: Uint8Array, random: (below: number) => number): { id: string; bytes: Uint8Array } {
  const message = readCoseSign1(bytes);
  const part = (['payload', 'protected', 'signature', 'certificate'] as const)[random(4)] ?? 'payload';
  const change = 1 + random(255);
  const flip = (whole: Uint8Array): Uint8Array => {
    const copy = Uint8Array.from(whole);
    const at = random(copy.length);
    copy[at] = (copy[at] ?? 0) ^ change;
    return copy;
  };
  return { id: `${part} xor ${change}`, bytes: writeCose(changed(message, part, flip)) };
}

function changed(
  message: CoseSign1,
  part: 'payload' | 'protected' | 'signature' | 'certificate',
  flip: (whole: Uint8Array) => Uint8Array,
): CoseSign1 {
  switch (part) {
    case 'payload':
      return { ...message, payload: flip(message.payload ?? new Uint8Array()) };
    case 'protected':
      return { ...message, protectedBytes: flip(message.protectedBytes) };
    case 'signature':
      return { ...message, signature: flip(message.signature) };
    case 'certificate': {
      const unprotected: CborMap = new Map(message.unprotected).set(
        coseLabels.x5chain,
        (x5chainOf(message) ?? []).map(flip),
      );
      return { ...message, unprotected };
    }
  }
}
