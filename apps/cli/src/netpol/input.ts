import type { Resource } from '@keelson/kubernetes';
import { loadInput } from '@keelson/manifests';
import { Connectivity, type ConnectivityOptions, type PolicyProblem, problemText } from '@keelson/netpol';
import { CommandError, reportError } from '../errors.ts';
import { Progress } from '../progress.ts';
import { tell } from '../stderr.ts';
import { readStdin } from '../stdin.ts';

/** Flags of every verb that judges manifests. */
export const inputFlags = {
  'no-cidr-pods': { type: 'boolean' },
  'ipv4-only': { type: 'boolean' },
} as const;

export const inputHelp = `  --no-cidr-pods       ranges of addresses in NetworkPolicies never mean Pods, as in Cilium and OVN-Kubernetes
  --ipv4-only          leave the addresses of IPv6 out`;

interface InputValues {
  'no-cidr-pods'?: boolean | undefined;
  'ipv4-only'?: boolean | undefined;
  quiet?: boolean | undefined;
}

/** What is read and judged, and whether a part of it could not be. */
export interface NetpolInput {
  resources: readonly Resource[];
  connectivity: Connectivity;
  isPartial: boolean;
}

/** Groups of objects that make further networks, or networks of users' own. */
const networkGroups = new Set(['k8s.ovn.org', 'k8s.cni.cncf.io']);

/**
 * Reads manifests. What cannot be read is told; `-` among the paths is stdin.
 * @throws CommandError USAGE for no path
 */
export async function readResources(
  paths: readonly string[],
  values: Pick<InputValues, 'quiet'>,
): Promise<{ resources: readonly Resource[]; isPartial: boolean }> {
  if (paths.length === 0)
    throw new CommandError('USAGE', 'name files or folders of manifests, or - for stdin');
  const progress = new Progress(values.quiet ?? false);
  const stdin = paths.includes('-') ? { stdin: readStdin() } : {};
  const { resources, errors, notJudged } = await loadInput(paths, {
    ...stdin,
    onFile: (files) => progress.tell(() => `Read ${files} files`),
  });
  progress.clear();
  for (const error of errors) reportError(error, false);
  // What is missing may be who is asked for, or what closes a way: no answer is whole without it.
  const missing = notJudged.filter(({ isEmpty }) => isEmpty !== true);
  for (const { reason, location } of missing) tell(`${location.file}: error: ${reason}`);
  return { resources, isPartial: errors.length > 0 || missing.length > 0 };
}

/**
 * Reads manifests and works out who can reach whom. What is wrong in policies is told.
 * @throws CommandError USAGE for no path
 */
export async function readInput(
  paths: readonly string[],
  values: InputValues,
  options: ConnectivityOptions = {},
): Promise<NetpolInput> {
  const { resources, isPartial } = await readResources(paths, values);
  const connectivity = new Connectivity(resources, { ...options, ...modelOf(resources, values) });
  const isWrong = tellProblems(connectivity.problems, values);
  return { resources, connectivity, isPartial: isPartial || isWrong };
}

/**
 * The same where somebody has to be there.
 * @throws CommandError USAGE for no path or no workload
 */
export async function readWorkloads(...args: Parameters<typeof readInput>): Promise<NetpolInput> {
  const input = await readInput(...args);
  if (input.connectivity.workloads.length === 0 && !input.isPartial)
    throw new CommandError('USAGE', `there is no Pod and no workload in ${args[0].join(', ')}`);
  return input;
}

/** What flags and objects say of how the cluster is to be judged. */
export function modelOf(resources: readonly Resource[], values: InputValues): ConnectivityOptions {
  return {
    networks: resources.some(({ group }) => networkGroups.has(group)),
    ...(values['no-cidr-pods'] === true ? { ipBlockMatchesPods: false } : {}),
    ...(values['ipv4-only'] === true ? { families: [4] } : {}),
  };
}

/** Tells what is wrong in policies; true where a part of one could not be read. */
export function tellProblems(
  problems: readonly PolicyProblem[],
  { quiet }: Pick<InputValues, 'quiet'>,
): boolean {
  for (const problem of problems) {
    if (problem.level === 'error' || quiet !== true) tell(problemLine(problem));
  }
  return problems.some(({ level }) => level === 'error');
}

function problemLine(problem: PolicyProblem): string {
  const { level, resource, path } = problem;
  return `${placeOf(resource, path)}: ${level}: ${objectText(resource)}: ${problemText(problem)}`;
}

/** An object for messages, as `NetworkPolicy shop/web`. */
export function objectText({ kind, namespace, name }: Resource): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** `file:line:column` of a part of an object. */
export function placeOf({ origin }: Resource, path: PolicyProblem['path']): string {
  const { file, line, column } = origin.locate(path);
  return `${file}:${line}:${column}`;
}
