import type { Inventory, ProgramContext, Violation } from '@keelson/checks';
import { cloneJson, isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { listAt, mappingAt, textAt } from '../fields.ts';

/** API group of the Security Profiles Operator. */
const profilesGroup = 'security-profiles-operator.x-k8s.io';
const maxProfile = 1_048_576;

/** A seccomp profile: an operator's object, or JSON in a ConfigMap, which has one line for all of it. */
interface SeccompProfile {
  readonly resource: Resource;
  readonly body: JsonObject;
  /** Path of a field of the profile in the resource. */
  readonly at: (path: Path) => Path;
  readonly name: string;
}

/** Every profile of the input, read once for all the checks on them. */
function seccompProfiles({ inventory }: ProgramContext): readonly SeccompProfile[] {
  return inventory.memo('workload/seccomp-profiles', () => readSeccompProfiles(inventory));
}

function readSeccompProfiles(inventory: Inventory): SeccompProfile[] {
  const objects = inventory.ofKind('SeccompProfile', profilesGroup).flatMap((resource) => {
    const body = mappingAt(resource.object, ['spec']);
    const at = (path: Path): Path => ['spec', ...path];
    return body === undefined ? [] : [{ resource, body, at, name: `SeccompProfile "${resource.name}"` }];
  });
  const embedded = inventory.ofKind('ConfigMap').flatMap((resource) =>
    configMapEntries(resource).flatMap(({ key, text }) => {
      const body = profileJson(text);
      const at = (): Path => ['data', key];
      return body === undefined
        ? []
        : [{ resource, body, at, name: `profile "${key}" of ConfigMap "${resource.name}"` }];
    }),
  );
  return [...objects, ...embedded];
}

function configMapEntries(resource: Resource): { key: string; text: string }[] {
  return Object.keys(mappingAt(resource.object, ['data']) ?? {}).flatMap((key) => {
    const text = textAt(resource.object, ['data', key]);
    return text === undefined || text.length > maxProfile ? [] : [{ key, text }];
  });
}

function profileJson(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{') || !text.includes('"defaultAction"')) return undefined;
  try {
    const value = cloneJson<JsonValue>(JSON.parse(text));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Actions that let a call pass (seccomp(2)); logging does not stop it. */
const passing: ReadonlySet<string> = new Set(['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG']);

/** Seccomp profiles that let by default every call pass, without refusing the dangerous ones. */
export function* permissiveSeccomp(context: ProgramContext): Generator<Violation> {
  for (const { resource, body, at, name } of seccompProfiles(context)) {
    const action = textAt(body, ['defaultAction']) ?? '';
    if (!passing.has(action)) continue;
    const verb = action === 'SCMP_ACT_LOG' ? 'only logs' : 'allows';
    yield {
      subject: resource,
      path: at(['defaultAction']),
      message: `${name} ${verb} every system call that it does not name`,
    };
  }
}

/** Seccomp profiles that allow, unconditionally, calls which the runtimes' own profiles keep from containers. */
export function* dangerousSeccomp(context: ProgramContext): Generator<Violation> {
  const dangerous = new Set(listAt(context.params, ['syscalls']));
  for (const { resource, body, at, name } of seccompProfiles(context)) {
    for (const [i, rule] of listAt(body, ['syscalls']).entries()) {
      if (!isObject(rule) || !passing.has(textAt(rule, ['action']) ?? '')) continue;
      if (listAt(rule, ['args']).length > 0 || mappingAt(rule, ['includes']) !== undefined) continue;
      const names = listAt(rule, ['names']);
      const found = names.filter((call) => dangerous.has(call));
      const [first] = found;
      if (first === undefined) continue;
      yield {
        subject: resource,
        path: at(['syscalls', i, 'names', names.indexOf(first)]),
        message: `${name} allows ${found.slice(0, 8).map(String).join(', ')}`,
      };
    }
  }
}

/** Pods that name a profile of the operator which is not among the profiles in the same input. */
export function* unknownSeccomp(context: ProgramContext): Generator<Violation> {
  const { inventory } = context;
  const profiles = inventory.ofKind('SeccompProfile', profilesGroup);
  if (profiles.length === 0) return;
  const known = new Set(
    profiles.flatMap((profile) => [
      `operator/${inventory.namespaceOf(profile)}/${profile.name}.json`,
      `operator/${profile.name}.json`,
    ]),
  );
  const wanted = new Set(context.resources);
  for (const { resource, template } of inventory.workloads) {
    if (!wanted.has(resource)) continue;
    const bases = [template.specPath, ...template.containers.map(({ path }) => path)];
    for (const base of bases) {
      const path: Path = [...base, 'securityContext', 'seccompProfile', 'localhostProfile'];
      const profile = textAt(resource.object, path);
      if (profile === undefined || !profile.startsWith('operator/') || known.has(profile)) continue;
      yield { subject: resource, path, message: `no SeccompProfile makes "${profile}"` };
    }
  }
}

/** A rule that gives more than a container should have, in the words of apparmor.d(5). */
const looseRules: readonly { pattern: RegExp; what: string }[] = [
  {
    pattern: /\bflags\s?=\s?\([^)]{0,200}\b(?:complain|unconfined)\b/,
    what: 'only reports, it does not stop anything',
  },
  { pattern: /^\s*capability\s*,/, what: 'allows every capability' },
  {
    pattern:
      /^\s*capability\s[^,#]{0,200}\b(?:sys_admin|sys_module|sys_ptrace|sys_rawio|dac_read_search|mac_admin)\b/,
    what: 'allows a capability that opens the node',
  },
  { pattern: /^\s*mount\s*,/, what: 'allows every mount' },
  { pattern: /^\s*ptrace\s*,/, what: 'allows tracing any process' },
  {
    pattern: /^\s*(?:\/\*\*|\/\{,\*\*\})\s{1,16}[a-z]{0,8}w[a-z]{0,8}\s*,/,
    what: 'allows writing every file',
  },
  { pattern: /^\s*change_profile\s*,/, what: 'allows changing to any profile' },
];

/** AppArmor profiles, of the operator or in ConfigMaps, that hold nothing back. */
export function* looseAppArmor({ inventory }: ProgramContext): Generator<Violation> {
  for (const resource of inventory.ofKind('AppArmorProfile', profilesGroup)) {
    const name = `AppArmorProfile "${resource.name}"`;
    yield* looseIn(resource, textAt(resource.object, ['spec', 'policy']), ['spec', 'policy'], name);
    if (mappingAt(resource.object, ['spec'])?.['complainMode'] === true) {
      yield {
        subject: resource,
        path: ['spec', 'complainMode'],
        message: `${name} only reports, it does not stop anything`,
      };
    }
    const path: Path = ['spec', 'abstract', 'capability', 'allowedCapabilities'];
    const open = listAt(resource.object, path).find(
      (capability) =>
        typeof capability === 'string' &&
        /^(?:sys_(?:admin|module|ptrace|rawio)|dac_read_search|mac_admin)$/.test(capability),
    );
    if (open !== undefined)
      yield { subject: resource, path, message: `${name} allows the capability ${open}` };
  }
  for (const resource of inventory.ofKind('ConfigMap')) {
    for (const { key, text } of configMapEntries(resource)) {
      if (!/^\s*profile\s[^\n{]{1,256}\{/m.test(text)) continue;
      yield* looseIn(resource, text, ['data', key], `profile "${key}" of ConfigMap "${resource.name}"`);
    }
  }
}

function* looseIn(
  resource: Resource,
  text: string | undefined,
  path: Path,
  name: string,
): Generator<Violation> {
  const lines = (text ?? '').slice(0, maxProfile).split('\n');
  for (const { pattern, what } of looseRules) {
    const line = lines.find((candidate) => candidate.length <= 1024 && pattern.test(candidate));
    if (line !== undefined) yield { subject: resource, path, message: `${name} ${what}` };
  }
}
