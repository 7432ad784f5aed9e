import type { JsonObject } from '@keelson/core';
import { podTemplate, type Resource } from '@keelson/kubernetes';
import {
  discoverConnections,
  type FlowEnd,
  flowsOfManifests,
  type Recommendation,
  recommend,
  recommendDialects,
  type UndecidedFlow,
} from '@keelson/netpol';
import { terminalSafe } from '@keelson/report';
import { stringifyYaml } from '@keelson/yaml';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { defineVerb } from '../verb.ts';
import { readFlowFiles } from './flow-lines.ts';
import { readResources } from './input.ts';
import { manifestsFlag } from './words.ts';

const formats = ['yaml', 'json'] as const;

const flags = {
  ...commonFlags,
  ...manifestsFlag,
  flows: { type: 'string', multiple: true, value: 'file' },
  dialect: { type: 'string', short: 'd', value: { choices: recommendDialects } },
  staged: { type: 'boolean' },
  exact: { type: 'boolean' },
  'default-deny': { type: 'boolean' },
  group: { type: 'boolean' },
  'group-namespaces': { type: 'boolean' },
  widen: { type: 'string' },
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

const help = `keelson netpol recommend: write policies that allow what was seen, or what manifests say is needed, and nothing else

Usage: keelson netpol recommend --flows FILE... [-m PATH...] [options]
       keelson netpol recommend -m PATH... [options]

From flows: connections that Hubble or Calico saw become one policy for each workload, which are proven: each connection that is kept
passes, each rule is needed. What was denied, is of nodes, or has ports that systems give out is told and left to you. From manifests
alone: addresses of Services and hosts in variables, arguments and ConfigMaps tell who needs whom. Names may be asked by every
workload; kube-system and its like get no policies.

  --flows FILE         flows as JSON lines (hubble observe -o jsonpb, Calico's flow logs) or as a table of addresses whose first line
                       names its columns (srcaddr, dstaddr, dstport, protocol, action), or - for stdin; may be given more than once
  -m, --manifests DIR  manifests; with flows they tell labels, addresses of Pods, and what stands behind those of Services
  -d, --dialect D      k8s (default), calico, cilium, or cnp for ClusterNetworkPolicy
  --default-deny       deny by default in the namespaces of the workloads too, for Pods to come and for workloads of the manifests that
                       were not seen; without it those are told and left alone. Names may be asked by all
  --staged             policies of Calico that are watched and not enforced
  --exact              exit 1 where anything but what was seen would pass, and tell workloads apart by labels that they lack
  --group              one policy for workloads of a namespace that need the same, one selector for peers that need the same ports,
                       where it chooses no other workload that was seen
  --group-namespaces   the same, and a namespace stands for all of its workloads: Pods to come are let in too
  --widen N            ranges of addresses may hold up to N in a rule that were not seen, so that they are fewer; 0 unless said, so
                       that only neighbours are joined
  -f, --format FORMAT  yaml (default), or json with the proof
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          tell only what is wrong

Exit: 0 done, 1 the proof fails, 2 wrong call, 3 a part of the input could not be read.

Examples:
  hubble observe --since 24h -o jsonpb | keelson netpol recommend --flows - -d cilium
  keelson netpol recommend --flows flows.json -m deploy/ -d calico --staged
  keelson netpol recommend --flows flows.json --group --widen 16
  keelson netpol recommend -m deploy/ -o policies.yaml
`;

/** `keelson netpol recommend`. */
export const { run, usage } = defineVerb({ flags, help }, async ({ values, positionals }) => {
  const format = choiceOf('format', values.format, formats) ?? 'yaml';
  const dialect = choiceOf('dialect', values.dialect, recommendDialects) ?? 'k8s';
  const { flows: files = [], manifests: paths = [] } = values;
  const quiet = values.quiet === true;
  const [operand] = positionals;
  if (operand !== undefined) throw new CommandError('USAGE', `name ${operand} with --flows or --manifests`);
  if (files.length === 0 && paths.length === 0)
    throw new CommandError('USAGE', 'name --flows or --manifests');
  if (values.staged === true && dialect !== 'calico')
    throw new CommandError('USAGE', '--staged is of the dialect calico');
  const aggregation = {
    group: values.group === true,
    groupNamespaces: values['group-namespaces'] === true,
    widening: wideningOf(values.widen),
  };
  const exact = values.exact === true;
  if (exact && aggregation.widening > 0)
    throw new CommandError('USAGE', '--widen lets in what was not seen, and --exact does not');
  if ([...files, ...paths].filter((each) => each === '-').length > 1)
    throw new CommandError('USAGE', 'stdin can be read once: name one - only');
  const manifests =
    paths.length === 0 ? { resources: [], isPartial: false } : await readResources(paths, values);
  const { flows, isPartial } =
    files.length === 0 ? needsOf(manifests.resources, quiet) : await readFlowFiles(files, { quiet });
  const isWhole = !isPartial && !manifests.isPartial;
  if (files.length > 0 && flows.length === 0 && isWhole)
    throw new CommandError('USAGE', `there is no connection in ${files.join(', ')}`);
  if (files.length === 0 && isWhole && !manifests.resources.some((each) => podTemplate(each) !== undefined))
    throw new CommandError('USAGE', `there is no Pod and no workload in ${paths.join(', ')}`);
  const result = recommend(flows, {
    dialect,
    manifests: manifests.resources,
    staged: values.staged === true,
    exact,
    defaultDeny: values['default-deny'] === true,
    ...aggregation,
  });
  if (!quiet) tellUnseen(result, values['default-deny'] === true);
  tellResult(result, quiet);
  writeResult(values.output, written(result.policies, format === 'json' ? recordOf(result) : undefined));
  if (!isWhole) return exitCodes.unreadable;
  return isProven(result, exact) ? exitCodes.done : exitCodes.findings;
});

/** As many addresses as an IPv4 block of 16 bits has are more than anybody would call least privilege. */
const maxWidening = 65_536;

/** @throws CommandError USAGE for what is no number of addresses */
function wideningOf(text = '0'): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > maxWidening)
    throw new CommandError('USAGE', `--widen is a number of addresses up to ${maxWidening}, not ${text}`);
  return Number(text);
}

/** What manifests say that their workloads need; what they name and do not have is told. */
function needsOf(resources: readonly Resource[], quiet: boolean) {
  const { flows, notes } = flowsOfManifests(resources, 'words');
  if (!quiet) {
    tellMissing(resources);
    for (const note of notes) tell(terminalSafe(`note: ${note}`));
  }
  return { flows, isPartial: false };
}

function tellMissing(resources: readonly Resource[]): void {
  const { missing } = discoverConnections(resources, 'words');
  for (const { workload, name } of missing)
    tell(
      terminalSafe(`${workload.kind} ${workload.name}: warning: the ConfigMap ${name} is not in the input`),
    );
}

function written(policies: readonly JsonObject[], record: object | undefined): string {
  if (record !== undefined) return `${JSON.stringify(record, undefined, 2)}\n`;
  return policies.map((policy) => `---\n${stringifyYaml(policy)}`).join('');
}

function isProven({ proof, differences }: Recommendation, exact: boolean): boolean {
  const isSlack = exact && proof.slack.length > 0;
  return (
    proof.denied.length === 0 && !isSlack && Object.values(differences).every((each) => each.length === 0)
  );
}

const reasons: Readonly<Record<UndecidedFlow['reason'], string>> = {
  denied: 'were denied',
  host: 'are of nodes or of Pods of their network',
  'ephemeral-port':
    'have ports that systems give out, and no containerPort and no Service of the manifests names them',
  'no-labels': 'are of Pods without labels that stay',
  'no-address': 'are of hosts whose address the log does not tell',
  'only-name': 'are of hosts of which only the name is known, which this dialect cannot say',
  protocol: 'have another protocol than TCP, UDP and SCTP',
  'no-workload': 'have no Pod at either end',
};

/** Examples that are told of each sort. */
const shown = 3;

/** Workloads that nothing is known of, and what becomes of them. */
function tellUnseen({ unseen }: Recommendation, isClosed: boolean): void {
  if (unseen.length === 0) return;
  const fate = isClosed ? 'closed but for names' : 'left alone';
  const why = 'of which nothing was seen, or that no label tells';
  tell(terminalSafe(`${fate}: ${unseen.length} workloads ${why}: ${firstOf(unseen)}`));
}

function tellResult(result: Recommendation, quiet: boolean): void {
  const { proof, undecided, unprotected, remarks } = result;
  if (proof.denied.length > 0)
    tell(
      terminalSafe(
        `error: ${proof.denied.length} connections that were seen would be denied: ${firstOf(proof.denied.map(({ flow }) => flowText(flow)))}`,
      ),
    );
  for (const [dialect, pairs] of Object.entries(result.differences)) {
    const texts = pairs.map(({ source, destination }) => `${source} > ${destination}`);
    if (pairs.length > 0)
      tell(
        terminalSafe(`error: ${dialect} judges ${pairs.length} pairs otherwise than k8s: ${firstOf(texts)}`),
      );
  }
  if (quiet) return;
  for (const [reason, flows] of Map.groupBy(undecided, (each) => each.reason)) {
    const texts = flows.map(({ flow }) => flowText(flow));
    tell(terminalSafe(`to decide: ${flows.length} connections ${reasons[reason]}: ${firstOf(texts)}`));
  }
  if (unprotected.length > 0)
    tell(terminalSafe(`left open: ${unprotected.join(', ')}, which the cluster itself needs`));
  const slack = proof.slack.map(({ source, destination }) => `${source} > ${destination}`);
  if (slack.length > 0)
    tell(terminalSafe(`slack: ${slack.length} pairs may do more than was seen: ${firstOf(slack)}`));
  if (proof.unneeded.length > 0) tell(terminalSafe(`unneeded: ${firstOf(proof.unneeded)}`));
  for (const remark of remarks) tell(terminalSafe(`note: ${remark}`));
}

/** The first of some texts, and how many more there are, which JSON names all. */
function firstOf(texts: readonly string[]): string {
  const more = texts.length - shown;
  return `${texts.slice(0, shown).join('; ')}${more > 0 ? `; and ${more} more (-f json has all)` : ''}`;
}

function flowText({ source, destination, protocol, port }: UndecidedFlow['flow']): string {
  return `${endText(source)} > ${endText(destination)} ${protocol} ${port}`;
}

function endText(end: FlowEnd): string {
  switch (end.type) {
    case 'workload':
      return `${end.namespace}/${end.name}`;
    case 'address':
      return end.address;
    case 'range':
      return end.cidr;
    case 'host':
    case 'name':
      return end.name;
    case 'unknown':
      return 'outside';
    default:
      return end.type;
  }
}

function recordOf(result: Recommendation): object {
  const { policies, proof, undecided, unprotected, unseen, remarks, differences } = result;
  const flowOf = ({ source, destination, protocol, port }: UndecidedFlow['flow']) => ({
    source: endText(source),
    destination: endText(destination),
    protocol,
    port,
  });
  return {
    policies,
    proof: {
      denied: proof.denied.map(({ flow }) => flowOf(flow)),
      slack: proof.slack,
      unneeded: proof.unneeded,
      problems: proof.problems,
      differences,
    },
    undecided: undecided.map(({ flow, reason }) => ({ ...flowOf(flow), reason })),
    unprotected,
    unseen,
    remarks,
  };
}
