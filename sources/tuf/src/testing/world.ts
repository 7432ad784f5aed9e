import { isKeelsonError } from '@keelson/core';
import { SimulatedRepository } from '@keelson/sigstore-testing';
import { expect } from 'vitest';
import { TufClient, type TufOptions } from '../client.ts';
import { MemoryStore } from '../store.ts';
import { today } from './days.ts';

export const all = ['root', 'targets', 'snapshot', 'timestamp'] as const;
/** What is trusted after the first update. */
export const firstVersions = 'root 1, snapshot 1, targets 1, timestamp 1';

/** What a repository does after a client has been up to date once, what the next update ends with, and what is trusted then. */
export type UpdateCase = readonly [
  what: string,
  arrange: (world: World) => void,
  result: string,
  trusted: string,
];

export async function runCase([, arrange, result, trusted]: UpdateCase): Promise<void> {
  const world = new World();
  expect(await world.refresh()).toBe('ok');
  arrange(world);
  // The second time: a failed update leaves nothing that is in the way of the next one, and trusts no more than before.
  for (const time of ['first', 'second'])
    expect([time, await world.refresh(), await world.trusted()]).toEqual([time, result, trusted]);
}

export interface WorldOptions extends Partial<TufOptions> {
  readonly isOffline?: boolean;
}

/** A repository, what a client keeps of it, and the time. */
export class World {
  readonly repository = new SimulatedRepository(today);
  readonly store = new MemoryStore();
  readonly targets = new MemoryStore();
  root: Uint8Array = this.repository.files.get('1.root.json') ?? new Uint8Array();
  now = today;

  client({ isOffline = false, ...more }: WorldOptions = {}): TufClient {
    return new TufClient({
      metadataUrl: 'https://tuf.example/',
      root: this.root,
      store: this.store,
      targetStore: this.targets,
      ...(isOffline ? {} : { fetch: this.repository.fetch }),
      now: () => this.now,
      ...more,
    });
  }

  /** `ok`, or the code of the error. */
  async refresh(more: WorldOptions = {}): Promise<string> {
    return await outcome(() => this.client(more).refresh());
  }

  /** The text of a target, or the code of the error. */
  async download(path: string, more: WorldOptions = {}): Promise<string> {
    let text = '';
    const result = await outcome(async () => {
      text = Buffer.from(await this.client(more).download(path)).toString();
    });
    return result === 'ok' ? text : result;
  }

  /** What is trusted: `root 1, snapshot 1, targets 1, timestamp 1`. */
  async trusted(): Promise<string> {
    const versions = this.store.names().map(async (name) => {
      const bytes = (await this.store.read(name, Number.POSITIVE_INFINITY)) ?? new Uint8Array();
      return `${name} ${JSON.parse(Buffer.from(bytes).toString()).signed.version}`;
    });
    return (await Promise.all(versions)).join(', ');
  }
}

/** Any error that is none of the package is thrown on. */
export async function outcome(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
    return 'ok';
  } catch (error) {
    if (isKeelsonError(error)) return error.code;
    throw error;
  }
}
