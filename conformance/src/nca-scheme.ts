import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isObject, type JsonObject, type JsonValue, stringifyJson } from '@keelson/core';
import { type Resource, type ResourceOrigin, resourcesOf } from '@keelson/kubernetes';
import { loadInput } from '@keelson/manifests';
import { parse, parseAllDocuments } from 'yaml';
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

/** The scheme files of a folder: all that are named so, but for what is expected of them. */
export function schemesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => /scheme[^/]*\.yaml$/.test(name) && !name.includes('expected_output/'))
    .sort();
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
export function namesNoFile(lists: Lists): boolean {
  const paths = Object.values(lists).flatMap((list) => list ?? []);
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
      read = readObjects(file);
      this.#known.set(file, read);
    }
    return read;
  }
}

/** Kinds of the core group, which the suite's owners know by their kind alone. */
const coreKinds: ReadonlySet<string> = new Set(['Pod', 'Namespace', 'Service']);

/** The objects of a file; what asks for several kinds at once writes a sequence of lists. */
async function readObjects(file: string): Promise<readonly Resource[]> {
  const { resources } = await loadInput([file]);
  const read = resources.length > 0 ? resources : listed(file);
  return read.flatMap((resource) => {
    const object = asTaken(resource);
    return object === resource.object ? [resource] : resourcesOf(object, resource.origin).resources;
  });
}

/** A workload makes Pods even where its template says nothing of them. */
function asTaken({ kind, group, object }: Resource): JsonObject {
  if (group === 'projectcalico.org') return withoutEmptySelectors(object);
  if (coreKinds.has(kind) && group !== '') return { ...object, apiVersion: 'v1' };
  const spec = object['spec'];
  const template = isObject(spec) ? spec['template'] : undefined;
  if (!isObject(spec) || !isObject(template) || template['spec'] !== undefined) return object;
  return { ...object, spec: { ...spec, template: { ...template, spec: {} } } };
}

/** An empty mapping in the place of a selector of Calico's, which is a text, is taken for none. */
function withoutEmptySelectors(object: JsonObject): JsonObject {
  const text = stringifyJson(object);
  if (!text.includes('elector":{}')) return object;
  const taken: JsonValue = JSON.parse(text, (key, value) =>
    /[sS]elector$/.test(key) && JSON.stringify(value) === '{}' ? undefined : value,
  );
  return isObject(taken) ? taken : object;
}

function listed(file: string): Resource[] {
  const [document] = parseAllDocuments(readFileSync(file, 'utf8'));
  const value: JsonValue | undefined = document === undefined ? undefined : document.toJS();
  if (!Array.isArray(value)) return [];
  const origin: ResourceOrigin = {
    file,
    locate: (path) => ({ file, line: 1, column: 1, path: [...path], missing: true }),
  };
  return value.flatMap((item) => resourcesOf(item, origin).resources);
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
