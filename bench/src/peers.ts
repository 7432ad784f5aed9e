import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../../.peers', import.meta.url));

/** A program of another project, as its own package installs it. */
interface Peer {
  program: string;
  install: (folder: string) => void;
}

/** A program in Go; its folder has the name of the program. */
const goProgram = (program: string, module: string): Peer => ({
  program,
  install: (folder) => run('go', ['install', module], { GOBIN: join(folder, program, 'bin') }),
});

const peers: Readonly<Record<string, Peer>> = {
  checkov: {
    program: 'checkov',
    install: (folder) => {
      const venv = join(folder, 'checkov');
      run('python3', ['-m', 'venv', venv]);
      run(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', 'checkov==3.3.30']);
    },
  },
  'docker-registry': {
    program: 'docker-registry',
    install: (folder) => {
      const own = join(folder, 'docker-registry');
      mkdirSync(own, { recursive: true });
      run('apt-get', ['download', 'docker-registry'], {}, own);
      const [file = ''] = readdirSync(own).filter((name) => name.endsWith('.deb'));
      run('dpkg-deb', ['-x', file, 'usr-tree'], {}, own);
      renameSync(join(own, 'usr-tree', 'usr', 'bin'), join(own, 'bin'));
    },
  },
  cosign: goProgram('cosign', 'github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3'),
  fulcio: goProgram('fulcio', 'github.com/sigstore/fulcio@v1.8.8'),
  'kube-score': goProgram('kube-score', 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0'),
  netpolicy: {
    program: 'netpolicy',
    install: () => {
      throw new Error('it is built from its repository; put it on PATH or into KEELSON_PEERS');
    },
  },
  // Forty lines of ours on the Notary Project's library, whose own command is no module that can be installed.
  'notation-peer': {
    program: 'notation-peer',
    install: (folder) => {
      const target = join(folder, 'notation-peer', 'bin', 'notation-peer');
      run('go', ['-C', fileURLToPath(new URL('../interop-go', import.meta.url)), 'build', '-o', target, '.']);
    },
  },
  opa: goProgram('opa', 'github.com/open-policy-agent/opa@v1.22.2'),
  // Rekor v2 in its form for a folder.
  posix: goProgram('posix', 'github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix@v2.3.0'),
  'timestamp-server': goProgram(
    'timestamp-server',
    'github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server@v2.1.2',
  ),
};

function run(
  program: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  cwd?: string,
): void {
  const { status, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, ...environment },
  });
  if (error !== undefined || status !== 0) throw new Error(error?.message ?? stderr.slice(-2000));
}

/**
 * Where a peer's program is: in the folder `KEELSON_PEERS`, on PATH, or installed now by its own package client
 * into the ignored cache. A peer that cannot be had gives the reason.
 */
export function findPeer(name: string): { program: string } | { missing: string } {
  const peer = peers[name];
  if (peer === undefined) return { missing: `no such peer: ${name}` };
  const given = process.env['KEELSON_PEERS'];
  const folders = [
    ...(given === undefined ? [] : [resolve(given)]),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  const cached = join(cache, name, 'bin', peer.program);
  const found = [...folders.map((folder) => join(folder, peer.program)), cached].find((file) =>
    existsSync(file),
  );
  if (found !== undefined) return { program: found };
  try {
    mkdirSync(cache, { recursive: true });
    peer.install(cache);
    return existsSync(cached)
      ? { program: cached }
      : { missing: `${name}: installed, but ${peer.program} is not there` };
  } catch (error) {
    return { missing: `${name}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

export function opaVersion(program: string): string {
  return spawnSync(program, ['version'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? '';
}

/**
 * Where a package of npm's is: in `node_modules` of the folder `KEELSON_PEERS`, or installed now into the ignored cache, with
 * what it needs beside it.
 *
 * @param name of its folder there: what else is in one, npm takes away
 */
export function findPackages(
  packages: readonly string[],
  name = 'npm',
): { folder: string } | { missing: string } {
  const given = process.env['KEELSON_PEERS'];
  const own = join(cache, name);
  const names = packages.map((each) => each.replace(/(?<=.)@[^@]*$/, ''));
  const isThere = (folder: string) => names.every((name) => existsSync(join(folder, 'node_modules', name)));
  const found = [...(given === undefined ? [] : [resolve(given)]), own].find(isThere);
  if (found !== undefined) return { folder: found };
  try {
    mkdirSync(own, { recursive: true });
    run('npm', ['install', '--prefix', own, '--ignore-scripts', '--no-save', ...packages]);
    return isThere(own) ? { folder: own } : { missing: `${packages.join(' ')}: installed, but not there` };
  } catch (error) {
    return { missing: `${packages.join(' ')}: ${error instanceof Error ? error.message : String(error)}` };
  }
}
