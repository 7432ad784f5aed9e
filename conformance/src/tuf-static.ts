import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, sep } from 'node:path';
import { isKeelsonError } from '@keelson/core';
import { HttpClient } from '@keelson/http';
import { httpFetch, MemoryStore, type PinnedRoot, publicSigstoreRoot, TufClient } from '@keelson/tuf';
import { type Suite, Tally } from './suite.ts';

/**
 * Frozen repositories of real servers, over HTTP on this machine: at their own time the target is downloaded and is the one that
 * they serve; when all of it has expired, as today, nothing is; and each file that the client asks for is refused with one byte changed, at several places.
 * One of them is that of Sigstore's public instance, so trust may start from the root that keelson knows by its digest.
 */
export const suite: Suite = {
  name: 'tuf-static',
  async run(dir) {
    const tally = new Tally();
    const pinned: string[] = [];
    for (const name of readdirSync(dir).sort()) {
      if (!statSync(join(dir, name)).isDirectory()) continue;
      const frozen = frozenIn(join(dir, name));
      await judgeRepository(tally, name, frozen);
      if (frozen.files.has(`metadata/${publicSigstoreRoot.version}.root.json`))
        pinned.push(await result({ ...frozen, root: publicSigstoreRoot }, frozen.files, frozen.time));
    }
    if (pinned.length > 0)
      judge(tally, 'the root of public Sigstore', pinned.includes('ok') ? 'ok' : pinned.join(', '), 'ok');
    return tally;
  },
};

interface Frozen {
  readonly root: Uint8Array | PinnedRoot;
  readonly target: string;
  readonly time: number;
  /** By path below the server's URL. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

function frozenIn(dir: string): Frozen & { readonly root: Uint8Array } {
  return {
    root: readFileSync(join(dir, 'initial_root.json')),
    target: readFileSync(join(dir, 'targetpath'), 'utf8').trim(),
    time: existsSync(join(dir, 'faketime'))
      ? Date.parse(readFileSync(join(dir, 'faketime'), 'utf8').trim())
      : Date.now(),
    files: filesBelow(dir),
  };
}

async function judgeRepository(
  tally: Tally,
  name: string,
  frozen: Frozen & { readonly root: Uint8Array },
): Promise<void> {
  const asked = new Set<string>();
  judge(tally, `${name} at its time`, await result(frozen, frozen.files, frozen.time, asked), 'ok');
  const later = Math.max(Date.now(), lastExpiry(frozen.files));
  judge(tally, `${name} when it has expired`, await result(frozen, frozen.files, later), 'TUF_EXPIRED');
  await judgeChanged(tally, `${name} with a byte of the first root changed`, frozen.root, async (root) =>
    result({ ...frozen, root }, frozen.files, frozen.time),
  );
  for (const path of asked) {
    const bytes = frozen.files.get(path);
    if (bytes === undefined) continue;
    await judgeChanged(tally, `${name} with a byte of ${path} changed`, bytes, async (other) =>
      result(frozen, new Map(frozen.files).set(path, other), frozen.time),
    );
  }
}

/** One case for a file: however it is changed, it is refused. */
async function judgeChanged(
  tally: Tally,
  id: string,
  bytes: Uint8Array,
  outcomeOf: (changed: Uint8Array) => Promise<string>,
): Promise<void> {
  const outcomes = await Promise.all(placesOf(bytes).map((at) => outcomeOf(changed(bytes, at))));
  judge(tally, id, `${outcomes.filter((outcome) => outcome === 'ok').length} accepted`, '0 accepted');
}

function filesBelow(dir: string): ReadonlyMap<string, Uint8Array> {
  const paths = ['metadata', 'targets'].flatMap((part) =>
    readdirSync(join(dir, part), { recursive: true, encoding: 'utf8' }).map((name) => join(part, name)),
  );
  const files = paths.filter((path) => statSync(join(dir, path)).isFile());
  return new Map(files.map((path) => [path.split(sep).join('/'), readFileSync(join(dir, path))]));
}

/** Places all over what is signed, or all over a target: a signature more than there must be may be anything. */
function placesOf(bytes: Uint8Array): readonly number[] {
  const text = Buffer.from(bytes).toString('latin1');
  const start = text.indexOf('"signed"');
  const signatures = text.indexOf('"signatures"');
  const end = signatures > start ? signatures : text.lastIndexOf('}');
  const [from, size] = start < 0 ? [0, text.length] : [start, end - start];
  return Array.from({ length: 16 }, (_, part) => from + Math.floor(((size - 1) * part) / 15));
}

/** Another character, and one that changes what JSON says. */
function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at] === 0x30 ? 0x31 : 0x30;
  return copy;
}

function lastExpiry(files: ReadonlyMap<string, Uint8Array>): number {
  const texts = [...files.values()].map((bytes) => Buffer.from(bytes).toString('latin1'));
  const dates = texts.flatMap((text) => /"expires": ?"([^"]+)"/.exec(text)?.[1] ?? []);
  return Math.max(...dates.map((date) => Date.parse(date)));
}

function judge(tally: Tally, id: string, actual: string, expected: string): void {
  if (actual === expected) tally.pass();
  else tally.fail(id, `ends with ${actual}, not with ${expected}`);
}

/** `ok`, or the code of the error. */
async function result(
  { root, target, files: whole }: Frozen,
  files: ReadonlyMap<string, Uint8Array>,
  now: number,
  asked = new Set<string>(),
): Promise<string> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').slice(1));
    asked.add(path);
    const bytes = files.get(path);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const client = new TufClient({
      metadataUrl: `http://127.0.0.1:${port}/metadata`,
      targetsUrl: `http://127.0.0.1:${port}/targets`,
      root,
      store: new MemoryStore(),
      fetch: httpFetch(new HttpClient()),
      now: () => now,
    });
    await client.refresh();
    const bytes = Buffer.from(await client.download(target));
    const isServed = [...whole].some(
      ([path, own]) => path.replace(/[0-9a-f]+\.(?=[^/]*$)/, '') === `targets/${target}` && bytes.equals(own),
    );
    return isServed ? 'ok' : 'another target than the one that is served';
  } catch (error) {
    if (isKeelsonError(error)) return error.code;
    throw error;
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
