import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject, type JsonObject, type JsonValue, SourceText } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The documents of YAML text, as plain values. */
export function yamlDocuments(text: string, name = 'text'): JsonValue[] {
  const { documents, errors } = parseYaml(new SourceText(name, text));
  if (errors[0] !== undefined) throw errors[0];
  return documents.map(({ value }) => value);
}

/** The documents of a file of the repository. */
export function yamlFile(path: string): JsonValue[] {
  return yamlDocuments(readFileSync(join(root, path), 'utf8'), path);
}

/** The mapping below the keys. */
export function mapping(value: JsonValue | undefined, ...keys: readonly string[]): JsonObject {
  const [key, ...rest] = keys;
  if (!isObject(value)) throw new Error('a mapping is expected');
  return key === undefined ? value : mapping(value[key], ...rest);
}

/** The sequence of mappings below the keys. */
export function mappings(value: JsonValue | undefined, ...keys: readonly string[]): JsonObject[] {
  const last = keys.at(-1);
  const found = last === undefined ? value : mapping(value, ...keys.slice(0, -1))[last];
  if (!Array.isArray(found)) throw new Error('a sequence is expected');
  return found.map((item) => mapping(item));
}

/** The value as text; nothing for what is none. */
export function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'boolean' ? String(value) : '';
}

export interface Result {
  code: number | null;
  /** Both outputs, as a log has them. */
  log: string;
}

/** Runs a program in an environment of nothing but PATH, HOME and what is given. */
export function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  input?: string,
): Result {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    ...(input === undefined ? {} : { input }),
  });
  if (error !== undefined) throw error;
  return { code: status, log: stdout + stderr };
}

/** Runs git, with a person who commits, and gives what it prints. */
export function git(cwd: string, ...args: readonly string[]): string {
  const person = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'protocol.file.allow=always'];
  const { code, log } = run('git', [...person, ...args], cwd);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${log}`);
  return log.trim();
}

/** A new folder with files, and how it goes away. */
export function makeFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-ci-'));
  folders.push(folder);
  addFiles(folder, files);
  return folder;
}

/** Writes files below a folder. */
export function addFiles(folder: string, files: Readonly<Record<string, string>>, mode = 0o644): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content, { mode });
  }
}

const folders: string[] = [];

/** Takes away every folder that was made. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Manifests that the tests scan. */
export const manifests = {
  privileged: `apiVersion: v1
kind: Pod
metadata: { name: shell, namespace: shop }
spec:
  containers:
    - { name: shell, image: example.com/shell:1.0, securityContext: { privileged: true } }
`,
  fine: 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: shop }\ndata: { colour: blue }\n',
  hostile: `apiVersion: v1
kind: Pod
metadata: { name: "##[error]x", namespace: "::error::y" }
spec:
  containers:
    - { name: "\\n::warning::z", image: "::set-output name=findings::0", securityContext: { privileged: true } }
`,
};

/** PATH without the folders that hold a program. */
export function pathWithout(program: string): string {
  const all = (process.env['PATH'] ?? '').split(delimiter);
  return all.filter((folder) => !existsSync(join(folder, program))).join(delimiter);
}

/** True when a program that tests may use is installed. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}
