import type { ExecFileOptions } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/** Taken when a chart is rendered: loading it costs every other scan a tenth of its start. */
const childProcess = () => process.getBuiltinModule('node:child_process');

/** How charts are rendered. */
export interface HelmOptions {
  /** Values files and `key=value` settings, in the order that helm takes them. */
  values?: readonly string[];
  set?: readonly string[];
  /** Namespace of the release; `default` unless given. */
  namespace?: string;
  /** Name of the release; that of the chart's folder unless given. */
  releaseName?: string;
  /** Kubernetes version that templates see. */
  kubeVersion?: string;
  /** The program, when it is not the `helm` on PATH. */
  program?: string;
  /** Longest time for one chart, in milliseconds. */
  timeout?: number;
  /** Largest output of one chart, in bytes. */
  maxOutputBytes?: number;
}

/** What helm printed, or why it did not: `absent` when there is no helm, `failed` with helm's own reason. */
export type HelmOutcome =
  | { readonly status: 'rendered'; readonly text: string }
  | { readonly status: 'absent'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

/** The `helm` on PATH, absolute; undefined when there is none. */
export function findHelm(program = 'helm', path = process.env['PATH'] ?? ''): string | undefined {
  const candidates = program.includes('/')
    ? [program]
    : path
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, program));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

/** Arguments of `helm template`. Nothing that the chart says can become an option. */
export function templateArguments(chart: string, releaseName: string, options: HelmOptions): string[] {
  const args = ['template', releaseName, chart.startsWith('-') ? `./${chart}` : chart];
  args.push(`--namespace=${options.namespace ?? 'default'}`);
  if (options.kubeVersion !== undefined) args.push(`--kube-version=${options.kubeVersion}`);
  for (const file of options.values ?? []) args.push(`--values=${file}`);
  for (const setting of options.set ?? []) args.push(`--set=${setting}`);
  return args;
}

/** Runs `helm template`, without a shell and without the user's plugins, repositories, credentials and cluster. */
export async function runHelm(args: readonly string[], options: HelmOptions): Promise<HelmOutcome> {
  const program = findHelm(options.program);
  if (program === undefined) return absent;
  const home = mkdtempSync(join(tmpdir(), 'keelson-helm-'));
  try {
    return await new Promise((resolve) => {
      childProcess().execFile(program, [...args], processOptions(home, options), (error, stdout, stderr) => {
        resolve(error === null ? { status: 'rendered', text: stdout } : failure(error, stderr, options));
      });
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** As `runHelm`, for the middle of a build. */
export function runHelmSync(args: readonly string[], options: HelmOptions): HelmOutcome {
  const program = findHelm(options.program);
  if (program === undefined) return absent;
  const home = mkdtempSync(join(tmpdir(), 'keelson-helm-'));
  try {
    const { status, stdout, stderr, error } = childProcess().spawnSync(
      program,
      [...args],
      processOptions(home, options),
    );
    if (error === undefined && status === 0) return { status: 'rendered', text: stdout };
    return failure(error ?? new Error(`exit ${status}`), stderr ?? '', options);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const absent: HelmOutcome = { status: 'absent', reason: 'helm is not on PATH' };

function processOptions(home: string, options: HelmOptions) {
  return {
    encoding: 'utf8',
    shell: false,
    windowsHide: true,
    timeout: options.timeout ?? 60_000,
    killSignal: 'SIGKILL',
    maxBuffer: options.maxOutputBytes ?? 64 * 1024 * 1024,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      HELM_CACHE_HOME: join(home, 'cache'),
      HELM_CONFIG_HOME: join(home, 'config'),
      HELM_DATA_HOME: join(home, 'data'),
      HELM_PLUGINS: join(home, 'plugins'),
      HELM_NO_PLUGINS: '1',
      KUBECONFIG: join(home, 'none'),
    },
  } satisfies ExecFileOptions & { encoding: 'utf8' };
}

function failure(error: Error, stderr: string, options: HelmOptions): HelmOutcome {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER' || code === 'ENOBUFS') {
    return {
      status: 'failed',
      reason: `helm printed more than maxOutputBytes (${options.maxOutputBytes ?? 64 * 1024 * 1024})`,
    };
  }
  if (('killed' in error && error.killed === true) || code === 'ETIMEDOUT') {
    return { status: 'failed', reason: `helm took longer than timeout (${options.timeout ?? 60_000} ms)` };
  }
  const lines = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(WARNING|walk\.go|level=)/.test(line));
  const said = lines.find((line) => line.startsWith('Error: ')) ?? lines[0] ?? error.message;
  return { status: 'failed', reason: said.replace(/^Error: /, '').slice(0, 1_000) };
}
