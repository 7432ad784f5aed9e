import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answering, freePorts, stopAll } from './services.ts';

/** Debian's docker-registry on loopback, which anybody may write to. It has no referrers API. */
export class DebianRegistry implements AsyncDisposable {
  /** Host and port, as a reference has them. */
  readonly host: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(host: string, child: ChildProcess, folder: string) {
    this.host = host;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(program: string): Promise<DebianRegistry> {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-registry-'));
    const [port = 0] = await freePorts(1);
    const host = `127.0.0.1:${port}`;
    const config = {
      version: '0.1',
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: join(folder, 'content') } },
      http: { addr: host },
    };
    // JSON is YAML.
    writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
    const child = spawn(program, ['serve', 'config.yml'], { cwd: folder, stdio: 'ignore' });
    const registry = new DebianRegistry(host, child, folder);
    try {
      await answering(`http://${host}/v2/`);
      return registry;
    } catch (error) {
      await registry[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stopAll([this.#child]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
