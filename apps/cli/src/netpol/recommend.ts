import type { JsonObject } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import {
  discoverConnections,
  dnsAnywhere,
  type FlowEnd,
  flowsOfManifests,
  type Recommendation,
  recommend,
  recommendDialects,
  type Slack,
  synthesise,
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
  group: { type: 'boolean' },
  'group-namespaces': { type: 'boolean' },
  widen: { type: 'string' },
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

const help = `keelson netpol recommend: write policies that allow what was seen, or what manifests say is needed, and nothing else

Usage: keelson netpol recommend --flows FILE... [-m PATH...] [options]
       keelson netpol recommend -m PATH... [options]

From flows: connections that Hubble or Calico saw become policies, which are proven: each connection that is kept passes, each
rule is needed. What was denied, is of nodes, or has ports that systems give out is told and left to you. From manifests alone: addresses of
Services in variables, arguments and ConfigMaps tell who needs whom.

  --flows FILE         flows as JSON lines (hubble observe -o jsonpb, Calico's flow logs) or as a table of addresses whose first line
                       names its columns (srcaddr, dstaddr, dstport, protocol, action), or - for stdin; may be given more than once
  -m, --manifests DIR  manifests; with flows they tell labels, addresses of Pods, and what stands behind those of Services
  -d, --dialect D      k8s (default), calico, cilium, or cnp for ClusterNetworkPolicy
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
  const manifests =
    paths.length === 0 ? { resources: [], isPartial: false } : await readResources(paths, values);
  const isPlain = !aggregation.group && !aggregation.groupNamespaces;
  if (files.length === 0 && dialect === 'k8s' && isPlain) {
    const { policies } = synthesise(manifests.resources, { search: 'words', dnsRules: [dnsAnywhere()] });
    if (!quiet) tellMissing(manifests.resources);
    writeResult(values.output, written(policies, format === 'json' ? { policies } : undefined));
    return manifests.isPartial ? exitCodes.unreadable : exitCodes.done;
  }
  if (files.length === 0 && !quiet) tellMissing(manifests.resources);
  const { flows, isPartial } =
    files.length === 0
      ? { flows: flowsOfManifests(manifests.resources, 'words'), isPartial: false }
      : await readFlowFiles(files);
  const result = recommend(flows, {
    dialect,
    manifests: manifests.resources,
    staged: values.staged === true,
    exact,
    ...aggregation,
  });
  tellResult(result, quiet);
  writeResult(values.output, written(result.policies, format === 'json' ? recordOf(result) : undefined));
  if (isPartial || manifests.isPartial) return exitCodes.unreadable;
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

/** What manifests name and do not have, and workloads that no policy can be about. */
function tellMissing(resources: readonly Resource[]): void {
  const { missing, workloads } = discoverConnections(resources, 'words');
  for (const { workload, name } of missing)
    tell(
      terminalSafe(`${workload.kind} ${workload.name}: warning: the ConfigMap ${name} is not in the input`),
    );
  for (const { resource } of workloads.filter(({ labels }) => labels.size === 0))
    tell(
      terminalSafe(
        `${resource.kind} ${resource.name}: warning: its Pods have no labels, so no policy can be about them`,
      ),
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
  'ephemeral-port': 'have ports that systems give out',
  'no-labels': 'are of Pods without labels that stay',
  'no-address': 'are of hosts whose address the log does not tell',
  protocol: 'have another protocol than TCP, UDP and SCTP',
  'no-workload': 'have no Pod at either end',
};

/** Examples that are told of each sort. */
const shown = 3;

function tellResult(result: Recommendation, quiet: boolean): void {
  const { proof, undecided, unprotected, remarks } = result;
  if (proof.denied.length > 0)
    tell(`error: ${proof.denied.length} connections that were seen would be denied`);
  if (quiet) return;
  for (const [reason, flows] of Map.groupBy(undecided, (each) => each.reason)) {
    const examples = flows
      .slice(0, shown)
      .map(
        ({ flow }) => `${endText(flow.source)} > ${endText(flow.destination)} ${flow.protocol} ${flow.port}`,
      );
    tell(terminalSafe(`to decide: ${flows.length} connections ${reasons[reason]}: ${examples.join('; ')}`));
  }
  if (unprotected.length > 0)
    tell(terminalSafe(`left open: ${unprotected.join(', ')}, which the cluster itself needs`));
  if (proof.slack.length > 0)
    tell(
      terminalSafe(`slack: ${proof.slack.length} pairs may do more than was seen: ${slackText(proof.slack)}`),
    );
  if (proof.unneeded.length > 0) tell(terminalSafe(`unneeded: ${proof.unneeded.slice(0, shown).join('; ')}`));
  for (const remark of remarks) tell(terminalSafe(`note: ${remark}`));
}

function slackText(slack: readonly Slack[]): string {
  return slack
    .slice(0, shown)
    .map(({ source, destination }) => `${source} > ${destination}`)
    .join('; ');
}

function endText(end: FlowEnd): string {
  switch (end.type) {
    case 'workload':
      return `${end.namespace}/${end.name}`;
    case 'address':
      return end.address;
    case 'host':
      return end.name;
    case 'unknown':
      return 'outside';
    default:
      return end.type;
  }
}

function recordOf({ policies, proof, undecided, unprotected, remarks, differences }: Recommendation): object {
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
      differences,
    },
    undecided: undecided.map(({ flow, reason }) => ({ ...flowOf(flow), reason })),
    unprotected,
    remarks,
  };
}
