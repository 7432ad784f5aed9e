import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { loadInput } from '@keelson/manifests';
import { parse } from 'yaml';
import { recordsOf } from './netpol-inputs.ts';

/** A scheme file: where its cluster is, its configurations and its queries. */
export interface Scheme {
  folder: string;
  lists: Lists;
  configurations: readonly JsonObject[];
  queries: readonly JsonObject[];
}

/** Files or folders of each sort; undefined where a list is not given. */
export interface Lists {
  namespaces: readonly string[] | undefined;
  pods: readonly string[] | undefined;
  resources: readonly string[] | undefined;
  policies: readonly string[] | undefined;
}

export function readScheme(path: string): Scheme {
  const read: JsonValue = parse(readFileSync(path, 'utf8')) ?? {};
  const scheme = isObject(read) ? read : {};
  return {
    folder: dirname(path),
    lists: listsOf(scheme),
    configurations: recordsOf(scheme['networkConfigList']),
    queries: recordsOf(scheme['queries']),
  };
}

export function listsOf(entry: JsonObject): Lists {
  return {
    namespaces: pathsOf(entry['namespaceList']),
    pods: pathsOf(entry['podList']),
    resources: pathsOf(entry['resourceList']),
    policies: pathsOf(entry['networkPolicyList']),
  };
}

/** True when a list has a live cluster or a git host in it. */
export function namesNoFile(entry: JsonObject): boolean {
  const paths = Object.values(listsOf(entry)).flatMap((list) => list ?? []);
  return paths.some((path) => /^(k8s|calico|istio)$|^https:/.test(path));
}

function pathsOf(value: JsonValue | undefined): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return (Array.isArray(value) ? value : [value]).map((each) => String(each).replaceAll('\\', '/'));
}

/** Reads the objects of files, each file once. */
export class Files {
  readonly #known = new Map<string, Promise<readonly Resource[]>>();

  /** The objects of files and folders of a scheme; a folder that ends in two stars has all below it. */
  async resources(folder: string, paths: readonly string[] = []): Promise<Resource[]> {
    const files = paths.flatMap((path) => filesOf(join(folder, path)));
    const read = await Promise.all(files.map((file) => this.#file(file)));
    return read.flat();
  }

  #file(file: string): Promise<readonly Resource[]> {
    let read = this.#known.get(file);
    if (read === undefined) {
      read = loadInput([file]).then(({ resources }) => resources);
      this.#known.set(file, read);
    }
    return read;
  }
}

function filesOf(path: string): string[] {
  const isDeep = path.endsWith('**');
  const root = isDeep ? path.slice(0, -2) : path;
  if (!existsSync(root)) throw new Error(`${root} is not there`);
  if (!statSync(root).isDirectory()) return [root];
  return readdirSync(root, { recursive: isDeep, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(root, name));
}
