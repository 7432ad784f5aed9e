import {
  createObject,
  isObject,
  type JsonObject,
  type JsonValue,
  type Path,
  stringifyJson,
  valueAt,
} from '@keelson/core';
import type { PatchOperation } from '@keelson/evidence';
import {
  type ComponentName,
  componentFlags,
  configurationFields,
  kubeadmComponents,
  type PodTemplate,
  podTemplates,
  type Resource,
} from '@keelson/kubernetes';
import { commandPatch, configurationPatch, type FlagPatch, kubeadmPatch } from './component-patch.ts';
import { documentsOfBase64, documentsOfText } from './embedded.ts';

/** Where a component's settings were read. */
export type ComponentOrigin = 'container' | 'configuration' | 'kubeadm' | 'host';

/** The place of a setting in its object; `related` is the exact word where `path` is the command that it belongs to. */
export interface SettingPlace {
  readonly path: Path;
  readonly related?: Path;
}

/**
 * A Kubernetes component whose settings an object shows. The CEL variable `component` is `value`:
 * `name`, `origin`, `flags` (text by flag name, fields of a configuration file included under the name of their flag),
 * `config` (the configuration document or null), `complete` (false when a file that is not here may set more) and
 * `minor` (of the Kubernetes release, -1 when not known).
 */
export interface Component {
  readonly value: JsonObject;
  /** Where a path of `value` (`flags["anonymous-auth"]`, `config.authentication`) stands; a missing one too. */
  readonly place: (path: Path) => SettingPlace;
  /** The operations that set or remove a flag; undefined where keelson cannot write it. */
  readonly patchFlag: FlagPatch;
}

const hostGroup = 'hostdata.kubescape.cloud';
const noPatch: FlagPatch = () => undefined;

/** Every component that an object starts or configures. */
export function componentsOf(resource: Resource): readonly Component[] {
  const { object, group, kind } = resource;
  if (group === hostGroup) return hostComponents(object, kind);
  if (group === 'kubeadm.k8s.io') return kubeadm(object, []);
  if (Object.hasOwn(configurationFields, kind) && group.endsWith('.config.k8s.io')) {
    return configured(object, { path: [], writable: true });
  }
  if (group === '' && kind === 'ConfigMap') return embedded(object);
  return podTemplates(resource).flatMap(containers);
}

function containers(template: PodTemplate): Component[] {
  return template.containers.flatMap(({ container, path }) => {
    const found = commandComponent(container, path);
    return found === undefined ? [] : [found];
  });
}

interface Word {
  readonly text: string;
  readonly path: Path;
}

/** A word of a command or a setting; what should be text and is not stands as JSON, since bare objects have no text. */
function wordText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : stringifyJson(value ?? null);
}

function commandComponent(container: JsonObject, base: Path): Component | undefined {
  const words: Word[] = ['command', 'args'].flatMap((key) => {
    const list = container[key];
    if (!Array.isArray(list)) return [];
    return list.map((item, i) => ({
      text: wordText(item),
      path: [...base, key, i],
    }));
  });
  if (words.length === 0) return undefined;
  const command = componentFlags(words.map(({ text }) => text));
  if (command === undefined) return undefined;
  // The list that starts the program: where a flag is missing, and the first place of one that `args` adds to it.
  const list = words[0]?.path.at(-2) ?? 'command';
  const whole: Path = [...base, list];
  const flags = createObject();
  for (const flag of command.flags.values()) flags[flag.name] = flag.value;
  return {
    value: componentValue(
      command.name,
      'container',
      flags,
      null,
      isComplete(command.name, flags),
      minorOf(imageTag(container)),
    ),
    place: ([, name]) => {
      const word = words[command.flags.get(String(name))?.words.at(-1) ?? -1];
      if (word === undefined) return { path: whole };
      return word.path.at(-2) === list ? { path: word.path } : { path: whole, related: word.path };
    },
    patchFlag: command.script ? noPatch : commandPatch(container, base, command, words),
  };
}

/**
 * False when the program reads settings from a file, or has no flags at all though it could not work without
 * some: they come from elsewhere then (an environment file, a wrapper).
 */
function isComplete(name: ComponentName, flags: JsonObject): boolean {
  if (name === 'etcd') return flags['config-file'] === undefined;
  if (name === 'kube-apiserver' || name === 'kube-controller-manager') return true;
  return flags['config'] === undefined && Object.keys(flags).length > 0;
}

/** The tag of an image whose name promises the release of Kubernetes itself. */
function imageTag(container: JsonObject): string | undefined {
  const image = container['image'];
  if (typeof image !== 'string') return undefined;
  return /(?:^|\/)(?:kube[\w-]*|hyperkube[\w-]*|hardened-kubernetes):(v?[\w.-]+)(?:@|$)/.exec(image)?.[1];
}

/** Minor of a Kubernetes release `v1.30.2`; -1 when it is not known. */
function minorOf(version: JsonValue | undefined): number {
  const minor = typeof version === 'string' ? /^v?1\.(\d{1,3})(?:\D|$)/.exec(version)?.[1] : undefined;
  return minor === undefined ? -1 : Number(minor);
}

function componentValue(
  name: ComponentName,
  origin: ComponentOrigin,
  flags: JsonObject,
  config: JsonObject | null,
  complete: boolean,
  minor = -1,
): JsonObject {
  const value = createObject();
  value['name'] = name;
  value['origin'] = origin;
  value['flags'] = flags;
  value['config'] = config;
  value['complete'] = complete;
  value['minor'] = minor;
  return value;
}

interface Placed {
  readonly path: Path;
  /** False for a document inside another's text: nothing below `path` can be pointed at or edited. */
  readonly writable: boolean;
}

/** Settings of a configuration document, by the names of the flags that say the same. */
function settingsOf(config: JsonObject): JsonObject {
  const flags = createObject();
  const known = fieldsOfKind(config['kind'] ?? 'KubeletConfiguration');
  for (const [flag, { path }] of known?.fields ?? []) {
    const value = valueAt(config, path);
    if (value !== undefined && value !== null) flags[flag] = settingText(value);
  }
  return flags;
}

function settingText(value: JsonValue): string {
  if (Array.isArray(value)) return value.map(wordText).join(',');
  if (!isObject(value)) return wordText(value);
  return Object.keys(value)
    .map((key) => `${key}=${wordText(value[key])}`)
    .join(',');
}

function fieldsOfKind(kind: JsonValue | undefined) {
  return typeof kind === 'string' && Object.hasOwn(configurationFields, kind)
    ? configurationFields[kind]
    : undefined;
}

function configured(config: JsonObject, at: Placed): Component[] {
  const known = fieldsOfKind(config['kind']);
  if (known === undefined) return [];
  return [
    {
      value: componentValue(known.component, 'configuration', settingsOf(config), config, true),
      place: ([first, ...rest]) => {
        if (!at.writable) return { path: at.path };
        const field = first === 'flags' ? known.fields.get(String(rest[0]))?.path : undefined;
        if (first === 'flags' && field === undefined) return { path: ['kind'] };
        return { path: [...at.path, ...(field ?? rest)] };
      },
      patchFlag: at.writable ? configurationPatch(known.fields) : noPatch,
    },
  ];
}

/** Configuration documents that kubeadm keeps as text in ConfigMaps (kubelet-config, kube-proxy, kubeadm-config). */
function embedded(object: JsonObject): Component[] {
  const data = object['data'];
  if (!isObject(data)) return [];
  return Object.keys(data).flatMap((key) => {
    const text = data[key];
    if (typeof text !== 'string' || !/^kind: *(Kube\w+|Cluster)Configuration\s*$/m.test(text)) return [];
    return documentsOfText(text).flatMap((config) => {
      const at: Placed = { path: ['data', key], writable: false };
      return config['kind'] === 'ClusterConfiguration'
        ? kubeadm(config, at.path, false)
        : configured(config, at);
    });
  });
}

function kubeadm(document: JsonObject, base: Path, writable = true): Component[] {
  return kubeadmComponents(document).flatMap(({ name, path, defaults }) => {
    const given = valueAt(document, path);
    const places = new Map<string, Path>();
    const flags = createObject();
    for (const [flag, value] of Object.entries(defaults)) flags[flag] = value;
    for (const { flag, value, at } of extraArgs(given)) {
      flags[flag] = value;
      places.set(flag, at);
    }
    if (name === 'kubelet' && places.size === 0) return [];
    const complete = name !== 'kubelet';
    return [
      {
        value: componentValue(name, 'kubeadm', flags, null, complete, minorOf(document['kubernetesVersion'])),
        place: ([, flag]) => ({
          path: writable ? [...base, ...path, ...(places.get(String(flag)) ?? [])] : base,
        }),
        patchFlag: writable ? kubeadmPatch(document, path, given, places) : noPatch,
      },
    ];
  });
}

/** `extraArgs` is a mapping until v1beta3 and a list of name and value since v1beta4. */
function extraArgs(given: JsonValue | undefined): { flag: string; value: string; at: Path }[] {
  if (Array.isArray(given)) {
    return given.flatMap((item, i) => {
      const name = isObject(item) ? item['name'] : undefined;
      const value = isObject(item) ? item['value'] : undefined;
      return typeof name === 'string'
        ? [{ flag: name, value: settingText(value ?? ''), at: [i, 'value'] }]
        : [];
    });
  }
  if (!isObject(given)) return [];
  return Object.keys(given).map((flag) => ({ flag, value: settingText(given[flag] ?? ''), at: [flag] }));
}

/** Command lines of a control plane node, as the collector's `ControlPlaneInfo` holds them. */
const controlPlaneParts = ['APIServerInfo', 'controllerManagerInfo', 'schedulerInfo'];

/** Snapshots that Kubescape's node agent makes of a host. */
function hostComponents(object: JsonObject, kind: string): Component[] {
  const parts: Path[] =
    kind === 'ControlPlaneInfo' ? controlPlaneParts.map((part) => ['data', part]) : [['data']];
  return parts.flatMap((path) => {
    const found = hostComponent(valueAt(object, path), path);
    return found === undefined ? [] : [found];
  });
}

function hostComponent(data: JsonValue | undefined, path: Path): Component | undefined {
  if (!isObject(data) || typeof data['cmdLine'] !== 'string') return undefined;
  const command = componentFlags(data['cmdLine'].split(/\s+/).filter((word) => word !== ''));
  if (command === undefined) return undefined;
  // A file that the command line does not name is not read, though the collector may have found one.
  const config = command.flags.has('config') ? hostConfiguration(data) : null;
  const flags = config === null ? createObject() : settingsOf(config);
  for (const flag of command.flags.values()) flags[flag.name] = flag.value;
  const complete = config !== null || !command.flags.has('config');
  const cmdLine: Path = [...path, 'cmdLine'];
  const content: Path = [...path, 'configFile', 'content'];
  return {
    value: componentValue(command.name, 'host', flags, config, complete),
    place: ([first, flag]) => {
      const inFile =
        first === 'config' ||
        (config !== null && !command.flags.has(String(flag)) && flags[String(flag)] !== undefined);
      return { path: inFile ? content : cmdLine };
    },
    patchFlag: noPatch,
  };
}

/** The configuration file's text, base64 in the snapshot. Null when it is absent or cannot be read. */
function hostConfiguration(data: JsonObject): JsonObject | null {
  return documentsOfBase64(valueAt(data, ['configFile', 'content']))[0] ?? null;
}

/** Translates a fix that speaks of `flags` into operations on the object; undefined when one cannot be written. */
export function patchOfComponent(
  component: Component,
  patch: readonly PatchOperation[],
): PatchOperation[] | undefined {
  const out: PatchOperation[] = [];
  for (const operation of patch) {
    const [first, flag] = operation.path;
    const value = operation.op === 'remove' ? undefined : String(operation.value ?? '');
    const written = first === 'flags' ? component.patchFlag(String(flag), value) : undefined;
    if (written === undefined) return undefined;
    out.push(...written);
  }
  return out;
}
