import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Ports of the servers of `server-thread.ts`. */
export interface Ports {
  readonly plain: number;
  readonly secure: number;
  readonly proxy: number;
}

export async function startServers(): Promise<{ ports: Ports; stop: () => Promise<unknown> }> {
  const worker = new Worker(new URL('server-thread.ts', import.meta.url));
  const [ports]: Ports[] = await once(worker, 'message');
  if (ports === undefined) throw new Error('the servers did not start');
  return { ports, stop: () => worker.terminate() };
}
