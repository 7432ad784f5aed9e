import { podTemplatePaths } from '@keelson/kubernetes';
import type { ExpressionDefinition } from '../definition.ts';
import type { AdmissionForm, ExportableCheck } from './form.ts';
import { type ServedKind, servedKind } from './resource-names.ts';

/** A rule of `matchConstraints.resourceRules`, before it is written. */
export interface ResourceRule {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly string[];
}

/** What a policy is asked about. */
export interface PolicyTarget {
  readonly rules: readonly ResourceRule[];
  /** Kinds of those, for systems that match kinds; `*` for every one. */
  readonly kinds: readonly { readonly group: string; readonly kind: string }[];
  /** Dotted path from the object to its Pod template by kind, for checks of Pods; empty for a Pod itself. */
  readonly templates: ReadonlyMap<string, string>;
}

/** Kinds of Kubernetes itself that are Pods or make them. */
const workloads = [
  'Pod',
  'PodTemplate',
  'ReplicationController',
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'CronJob',
  'Job',
] as const;

/**
 * What requests a check's policy must see, or why there are none. Custom workloads are not in it unless the check
 * names them: the Pods that their controllers make are.
 */
export function targetOf(
  { kinds }: ExportableCheck,
  { scope, containers }: ExpressionDefinition,
  form: AdmissionForm,
): PolicyTarget | string {
  if (scope === 'object' && kinds.length === 0) {
    const rules = [{ group: '*', version: '*', resources: ['*'] }];
    return { rules, kinds: [{ group: '*', kind: '*' }], templates: new Map() };
  }
  const found = (kinds.length === 0 ? workloads : kinds).map(servedKind);
  const served = found.filter((kind) => typeof kind !== 'string');
  if (served.length === 0) return found.find((reason) => typeof reason === 'string') ?? 'judges no kind';
  const open = served.filter((kind) => !isClosedTo(form, kind));
  if (open.length === 0) return closedReason(form);
  const rules = rulesOf(open);
  const target = { rules, kinds: open.map(({ group, kind }) => ({ group, kind })), templates: new Map() };
  if (scope === 'object') return target;
  const templates = templatesOf(open);
  if (typeof templates === 'string') return templates;
  return {
    ...target,
    templates,
    rules: scope === 'container' ? withPodSubresources(rules, containers) : rules,
  };
}

/** Debug containers and new amounts of resources reach a Pod through these alone. */
function withPodSubresources(rules: readonly ResourceRule[], containers: readonly string[]): ResourceRule[] {
  const takes = (type: string) => containers.length === 0 || containers.includes(type);
  const added = [
    ...(takes('ephemeral') ? ['pods/ephemeralcontainers'] : []),
    ...(takes('container') || takes('init') ? ['pods/resize'] : []),
  ];
  return rules.map((rule) =>
    rule.group === '' && rule.resources.includes('pods')
      ? {
          ...rule,
          resources: rule.resources.flatMap((name) => (name === 'pods' ? [name, ...added] : [name])),
        }
      : rule,
  );
}

/** A rule for each group and version, in the order of the kinds. */
function rulesOf(kinds: readonly ServedKind[]): ResourceRule[] {
  const groups = Map.groupBy(kinds, ({ group, version }) => `${group}/${version}`);
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    return [
      { group: first.group, version: first.version, resources: members.map(({ resource }) => resource) },
    ];
  });
}

function templatesOf(kinds: readonly ServedKind[]): ReadonlyMap<string, string> | string {
  const out = new Map<string, string>();
  for (const { group, kind } of kinds) {
    const key = `${group}/${kind}`;
    const paths = Object.hasOwn(podTemplatePaths, key) ? podTemplatePaths[key] : undefined;
    const path = paths?.length === 1 ? paths[0] : undefined;
    if (path === undefined || path.includes('*')) return `judges ${kind}, which has no single Pod template`;
    out.set(kind, path);
  }
  return out;
}

/**
 * The API server asks no policy of its own about policies, so that one cannot lock itself in; files may
 * ("Manifest-Based Admission Control"). It asks no webhook about webhook configurations either.
 */
function isClosedTo(form: AdmissionForm, { group, resource }: ServedKind): boolean {
  if (group !== 'admissionregistration.k8s.io' || form === 'static-admission') return false;
  return form !== 'vap' || resource.includes('admissionpolic');
}

function closedReason(form: AdmissionForm): string {
  return form === 'vap'
    ? 'judges admission policies, about which the API server asks only policies that are files (static-admission)'
    : 'judges admission policies or webhook configurations, about which the API server asks no webhook';
}
