import { readFileSync, writeFileSync } from 'node:fs';
import { isObject, type JsonValue, parseJson, stringifyJson } from '@keelson/core';
import type { Cell } from './cell.ts';
import { type CosignPair, cosignFlags } from './cosign.ts';
import { demand } from './programs.ts';

/** A change of a bundle that must not be accepted; undefined where the bundle has not what is changed. */
export interface Tampering {
  readonly id: string;
  readonly path: readonly string[];
  readonly change: (text: string) => string;
}

const flipped = (at: (length: number) => number) => (text: string) => {
  const bytes = Buffer.from(text, 'base64');
  const index = at(bytes.length);
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64');
};
const places = {
  first: () => 0,
  middle: (length: number) => length >> 1,
  last: (length: number) => length - 1,
} as const;
export const binary = (path: readonly string[]): readonly Tampering[] => [
  ...Object.entries(places).map(([name, at]) => ({
    id: `${path.join('.')}: ${name} byte`,
    path,
    change: flipped(at),
  })),
  {
    id: `${path.join('.')}: one byte more`,
    path,
    change: (text) => Buffer.concat([Buffer.from(text, 'base64'), Buffer.of(0)]).toString('base64'),
  },
  {
    id: `${path.join('.')}: one byte less`,
    path,
    change: (text) => Buffer.from(text, 'base64').subarray(0, -1).toString('base64'),
  },
  { id: `${path.join('.')}: nothing`, path, change: () => '' },
];
export const texts = (path: readonly string[], others: readonly string[]): readonly Tampering[] =>
  others.map((other) => ({ id: `${path.join('.')}: ${other}`, path, change: () => other }));

const ofFile: readonly Tampering[] = [
  ...binary(['messageSignature', 'signature']),
  ...binary(['messageSignature', 'messageDigest', 'digest']),
  ...texts(['messageSignature', 'messageDigest', 'algorithm'], ['SHA2_512', 'MD5']),
  ...texts(['mediaType'], ['application/json', 'application/vnd.dev.sigstore.bundle.v9+json']),
];
const ofStatement: readonly Tampering[] = [
  ...binary(['dsseEnvelope', 'payload']),
  ...binary(['dsseEnvelope', 'signatures', '0', 'sig']),
  ...texts(['dsseEnvelope', 'payloadType'], ['application/json', 'text/plain']),
  ...texts(['mediaType'], ['application/json']),
];

/** Every change is made to a bundle of cosign's and to one of keelson's; keelson must refuse each, by what it is and not by a crash. */
export function tamperCells(pair: CosignPair): readonly Cell[] {
  const bundles = [
    { by: 'cosign', file: 'tamper.cosign.json', what: 'file', tamperings: ofFile },
    { by: 'keelson', file: 'tamper.keelson.json', what: 'file', tamperings: ofFile },
    { by: 'cosign', file: 'tamper.cosign.statement.json', what: 'statement', tamperings: ofStatement },
    { by: 'keelson', file: 'tamper.keelson.statement.json', what: 'statement', tamperings: ofStatement },
  ] as const;
  return [
    ...bundles.map(({ by, file, what }) => ({
      id: `${by} signs a ${what} to be tampered with`,
      isNeeded: true as const,
      run: async () => {
        await make(pair, by, what, file);
        demand(await verify(pair, file, 'blob.txt'), 'zero', 'keelson verify');
      },
    })),
    ...bundles.flatMap(({ by, file, what, tamperings }) =>
      tamperings.map((tampering) => ({
        id: `tampered ${what} of ${by}: ${tampering.id}`,
        run: () => refused(pair, file, tampering),
      })),
    ),
    ...bundles.map(({ by, file, what }) => ({
      id: `tampered ${what} of ${by}: another file`,
      run: async () => {
        pair.shop.file('other.txt', 'another file\n');
        demandRefusal(await verify(pair, file, 'other.txt'));
      },
    })),
    ...bundles.map(({ by, file, what }) => ({
      id: `tampered ${what} of ${by}: another key`,
      run: async () => {
        demandRefusal(await verify(pair, file, 'blob.txt', 'ecdsa-p256.pub'));
      },
    })),
    swapped(pair),
  ];
}

async function make(
  pair: CosignPair,
  by: 'cosign' | 'keelson',
  what: 'file' | 'statement',
  file: string,
): Promise<void> {
  const statement = ['--predicate', 'predicate.json', '--type', 'slsaprovenance1'];
  const common = ['--key', 'cosign.key', '--bundle', file];
  if (by === 'keelson') {
    const args = what === 'file' ? ['sign', ...common] : ['attest', ...common, ...statement];
    demand(await pair.keelson(...args, 'blob.txt'), 'zero', `keelson ${args[0]}`);
  } else {
    const args = what === 'file' ? ['sign-blob', ...common] : ['attest-blob', ...common, ...statement];
    demand(await pair.cosign(...args, ...cosignFlags.sign, 'blob.txt'), 'zero', `cosign ${args[0]}`);
  }
}

function verify(pair: CosignPair, file: string, artifact: string, key = 'cosign.pub') {
  return pair.keelson('verify', '--key', key, '--insecure-ignore-tlog', '--bundle', file, artifact);
}

async function refused(pair: CosignPair, file: string, tampering: Tampering): Promise<void> {
  tamper(pair, file, tampering);
  demandRefusal(await verify(pair, tampered, 'blob.txt'));
}

/** Where `tamper` writes. */
export const tampered = 'tampered.json';

export function tamper(pair: CosignPair, file: string, { path, change }: Tampering): void {
  const bundle = parseJson(readFileSync(pair.path(file), 'utf8'));
  writeFileSync(pair.path(tampered), stringifyJson(changed(bundle, path, change)));
}

/** The value with the text at the path changed. */
export function changed(
  value: JsonValue,
  path: readonly string[],
  change: (text: string) => string,
): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === 'string' ? change(value) : value;
  if (Array.isArray(value))
    return value.map((item, at) => (String(at) === step ? changed(item, rest, change) : item));
  if (!isObject(value)) throw new Error(`the bundle has no ${path.join('.')}`);
  const inner = value[step];
  if (inner === undefined) throw new Error(`the bundle has no ${path.join('.')}`);
  return Object.assign({}, value, { [step]: changed(inner, rest, change) });
}

export function demandRefusal(run: Awaited<ReturnType<CosignPair['keelson']>>): void {
  // 1 is "not verified"; any other end is a fault of another kind.
  if (run.code !== 1 || !/\[[A-Z_]+\]/.test(run.out))
    throw new Error(
      `not refused with a typed error: it ended with ${run.code}: ${(run.err + run.out).slice(-300)}`,
    );
}

/** A signature of one image, put beside another. */
function swapped(pair: CosignPair): Cell {
  return {
    id: 'tampered image: the signature of another image',
    run: async () => {
      const [signed, other] = [await pair.shop.image(), await pair.shop.image()];
      demand(await pair.keelson('sign', '--key', 'cosign.key', signed), 'zero', 'keelson sign');
      await pair.shop.swapSignatures(signed, other);
      demandRefusal(await pair.keelson('verify', '--key', 'cosign.pub', '--insecure-ignore-tlog', other));
    },
  };
}
