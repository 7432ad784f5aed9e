import { isObject, type JsonValue, type Path, type PathStep } from '@keelson/core';
import {
  type ControlReferences,
  type Finding,
  type FindingLocation,
  type Fix,
  fingerprint,
  formatObjectName,
  formatSubject,
} from '@keelson/evidence';
import { isClusterScoped, type Resource } from '@keelson/kubernetes';
import type { CheckFix } from './check.ts';
import type { JudgedViolation } from './collector.ts';
import type { DockerfileInput } from './input.ts';

export type CheckedSubject = Resource | DockerfileInput;

/** True for a Kubernetes object, false for a Dockerfile. */
export function isResource(subject: CheckedSubject): subject is Resource {
  return 'object' in subject;
}

/** Identity without cluster and file: what a fingerprint hangs on. */
export function localIdentity(subject: CheckedSubject, defaultNamespace: string): string {
  return identitiesOf(subject, defaultNamespace).local;
}

/** Identity of a subject that so far exists only as a file (`k8s:source:…` or `file:…`). */
export function sourceIdentity(subject: CheckedSubject, defaultNamespace: string): string {
  return identitiesOf(subject, defaultNamespace).source;
}

interface Identities {
  defaultNamespace: string;
  local: string;
  source: string;
  /** Words for a person; the namespace is told where it is not the default one. */
  label: string;
}

/** A subject has many findings, and its identities are worked out once. */
const knownIdentities = new WeakMap<CheckedSubject, Identities>();

function identitiesOf(subject: CheckedSubject, defaultNamespace: string): Identities {
  const known = knownIdentities.get(subject);
  if (known?.defaultNamespace === defaultNamespace) return known;
  const identities = { defaultNamespace, ...writeIdentities(subject, defaultNamespace) };
  knownIdentities.set(subject, identities);
  return identities;
}

function writeIdentities(subject: CheckedSubject, defaultNamespace: string) {
  if (!isResource(subject)) {
    const { file } = subject;
    return {
      // Not the folders: the same file is scanned from different places.
      local: `dockerfile/${file.slice(file.lastIndexOf('/') + 1)}`,
      source: formatSubject({ type: 'file', path: file }),
      label: 'Dockerfile',
    };
  }
  const name = objectName(subject, defaultNamespace);
  const { file } = subject.origin;
  return {
    local: formatObjectName(name),
    source: formatSubject({ type: 'source-object', repository: '', path: file, ...name }),
    label: `${name.kind} ${['', 'default'].includes(name.namespace) ? '' : `${name.namespace}/`}${name.name}`,
  };
}

function objectName(resource: Resource, defaultNamespace: string) {
  const { group, kind, name } = resource;
  const namespace = isClusterScoped(group, kind) ? '' : (resource.namespace ?? defaultNamespace);
  return { group, kind, namespace, name };
}

/** Dresses a violation as a finding, with its place in the input and a fingerprint that lasts. */
export function toFinding(violation: JudgedViolation, defaultNamespace: string): Finding {
  const finding: Finding = new JudgedFinding(violation, defaultNamespace);
  if (violation.fix !== undefined) finding.fixes = [fixOf(violation.fix)];
  if (violation.explanation !== undefined) finding.explanation = violation.explanation;
  return finding;
}

/**
 * Only baselines and reports for programs ask for the fingerprint, so it is worked out when it is asked for. One getter for all
 * findings: V8 reads objects that have each their own like hash tables, and reports read each finding a hundred times.
 */
class JudgedFinding implements Finding {
  static readonly #fingerprint = {
    enumerable: true,
    get(this: JudgedFinding) {
      this.#known ??= this.#makeFingerprint();
      return this.#known;
    },
  };

  readonly #violation: JudgedViolation;
  readonly #local: string;
  #known: string | undefined;
  readonly rule: string;
  readonly subject: string;
  readonly object: string;
  readonly verdict = 'fail';
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly locations: FindingLocation[];
  readonly controls: ControlReferences;
  declare readonly fingerprint: string;

  constructor(violation: JudgedViolation, defaultNamespace: string) {
    const { check, subject, path, message, severity, related = [] } = violation;
    const identities = identitiesOf(subject, defaultNamespace);
    this.#violation = violation;
    this.#local = identities.local;
    this.rule = check.id;
    this.subject = identities.source;
    this.object = identities.label;
    this.severity = severity;
    this.message = message;
    this.locations = [
      locationOf(subject, path),
      ...related.map((place) => locationOf(place.subject, place.path)),
    ];
    this.controls = check.controls;
    Object.defineProperty(this, 'fingerprint', JudgedFinding.#fingerprint);
  }

  #makeFingerprint(): string {
    const { check, subject, path } = this.#violation;
    const root = isResource(subject) ? subject.object : subject.value;
    return fingerprint({ rule: check.id, subject: this.#local, path: stablePath(root, path) });
  }
}

function fixOf(fix: CheckFix): Fix {
  const { description, patch, objects, choice, optIn } = fix;
  return {
    description,
    patch,
    ...(objects === undefined ? {} : { objects }),
    ...(choice === undefined ? {} : { choice }),
    ...(optIn === true ? { optIn } : {}),
  };
}

function locationOf(subject: CheckedSubject, path: Path): FindingLocation {
  if (!isResource(subject)) {
    const { source } = subject.dockerfile;
    return Object.assign(source.location(subject.locate(path)), { path });
  }
  const { missing, ...location } = subject.origin.locate(path);
  return Object.assign(location, missing ? { path, missing } : { path });
}

/**
 * A path in which list items go by what they are, not where they stand: `name=web` for named items, the
 * item itself for scalars, so that a finding is the same after items were moved.
 */
export function stablePath(root: JsonValue, path: Path): PathStep[] {
  let current: JsonValue | undefined = root;
  return path.map((step) => {
    if (Array.isArray(current)) {
      current = typeof step === 'number' ? current[step] : undefined;
      return itemName(current) ?? step;
    }
    current = isObject(current) && Object.hasOwn(current, step) ? current[step] : undefined;
    return step;
  });
}

function itemName(item: JsonValue | undefined): string | undefined {
  if (typeof item === 'string') return `=${item}`;
  if (!isObject(item)) return undefined;
  for (const key of ['name', 'mountPath', 'keyword', 'containerPort', 'port', 'host', 'path']) {
    const value = item[key];
    if (typeof value === 'string' || typeof value === 'number') {
      return key === 'keyword' ? `${value} ${String(item['value'] ?? '')}` : `${key}=${value}`;
    }
  }
  return undefined;
}
