import {
  type Connectivity,
  entryPointsOf,
  explanationTxt,
  explanationWithExposureTxt,
  exposuresOf,
  type Focus,
  ingressControllerName,
  isNamed,
  peerText,
  type Report,
  reportCsv,
  reportDot,
  reportHtml,
  reportJson,
  reportMd,
  reportOf,
  reportSvg,
  reportTxt,
} from '@keelson/netpol';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { suggestion } from '../suggest.ts';
import { defineVerb } from '../verb.ts';
import { inputFlags, inputHelp, readWorkloads } from './input.ts';
import { portOf } from './words.ts';

const formats = ['txt', 'md', 'csv', 'json', 'dot', 'svg', 'html'] as const;
const directions = ['ingress', 'egress'] as const;

const flags = {
  ...commonFlags,
  ...inputFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  workload: { type: 'string', short: 'w', multiple: true },
  peer: { type: 'string', multiple: true },
  direction: { type: 'string', value: { choices: directions } },
  port: { type: 'string', short: 'p' },
  exposure: { type: 'boolean' },
  explain: { type: 'boolean' },
} as const;

const help = `keelson netpol list: list who can reach whom

Usage: keelson netpol list [options] PATH...

PATH is a file, folder, archive, chart or kustomization, or - for stdin. Policies of Kubernetes, Calico, Cilium and Istio are
judged together, as a cluster does that has them all. Ends are workloads and the ranges of addresses that policies tell apart; what policies leave
open is listed, what they close is not.

  -w, --workload NAME  only connections of a workload, by name or namespace/name; may be given more than once
  --peer NAME          only connections between the workloads and this one
  --direction D        only connections to (ingress) or from (egress) the workloads
  -p, --port PORT      only pairs that may use one port: 8080, 53/UDP
  --exposure           list too what Pods that are not in the input could reach, or be reached from
  --explain            tell for each pair which policies decide (format txt only)
${inputHelp}
  -f, --format FORMAT  ${formats.join(', ')}; txt unless said
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          no warnings and no progress

Exit: 0 done, 2 wrong call, 3 a file or a policy could not be read.

Examples:
  keelson netpol list deploy/
  keelson netpol list deploy/ -w shop/payments --direction ingress
  kubectl get ns,pods,deploy,rs,sts,ds,svc,netpol -A -o yaml | keelson netpol list -
  keelson netpol list deploy/ --exposure -f html -o reach.html
`;

const writers: Readonly<Record<(typeof formats)[number], (report: Report) => string>> = {
  txt: reportTxt,
  md: (report) => ended(reportMd(report)),
  csv: reportCsv,
  json: (report) => ended(reportJson(report)),
  dot: (report) => ended(reportDot(report)),
  svg: reportSvg,
  html: reportHtml,
};

/** `keelson netpol list`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const format = choiceOf('format', values.format, formats) ?? 'txt';
    const explains = values.explain === true;
    if (explains && format !== 'txt') throw new CommandError('USAGE', '--explain is written as txt only');
    const focus = focusOf(values);
    const connection = values.port === undefined ? {} : { connection: portOf(values.port) };
    const { resources, connectivity, isPartial } = await readWorkloads(positionals, values, {
      focus,
      ...connection,
      splitWorkloads: true,
    });
    for (const word of [...(focus.workloads ?? []), ...(focus.peers ?? [])]) checkName(connectivity, word);
    if (explains) checkPairs(connectivity);
    const exposures = values.exposure === true ? exposuresOf(connectivity) : undefined;
    const text = explains
      ? exposures === undefined
        ? explanationTxt(connectivity)
        : explanationWithExposureTxt(connectivity, exposures)
      : writers[format](reportOf(connectivity, exposures, entryPointsIn(format, resources, connectivity)));
    writeResult(values.output, text);
    return isPartial ? exitCodes.unreadable : exitCodes.done;
  },
);

/** Why is told pair by pair, and takes a moment for each. */
const maxExplained = 250_000;

/** @throws CommandError USAGE for more pairs than can be told */
function checkPairs(connectivity: Connectivity): void {
  let left = maxExplained;
  for (const _ of connectivity.pairsInFocus()) {
    if (left-- === 0)
      throw new CommandError(
        'USAGE',
        `--explain is for at most ${maxExplained} pairs: name workloads with --workload`,
      );
  }
}

/** @throws CommandError USAGE for a name of nobody */
function checkName({ workloads }: Connectivity, word: string): void {
  if (word === ingressControllerName || workloads.some(({ peer }) => isNamed(peer, word))) return;
  const names = workloads.map(({ peer }) => peerText(peer));
  throw new CommandError('USAGE', `the input has no workload ${word}${suggestion(word, names)}`);
}

/** @throws CommandError USAGE for a peer or a direction of no workload */
function focusOf(values: {
  workload?: string[] | undefined;
  peer?: string[] | undefined;
  direction?: string | undefined;
}): Focus {
  const { workload: workloads = [], peer: peers = [] } = values;
  const direction = choiceOf('direction', values.direction, directions);
  if (workloads.length === 0 && (peers.length > 0 || direction !== undefined))
    throw new CommandError('USAGE', '--peer and --direction are about the workloads that --workload names');
  return { workloads, peers, ...(direction === undefined ? {} : { direction }) };
}

/** Pictures show where traffic comes in; lists of pairs are those of other tools, line by line. */
function entryPointsIn(
  format: (typeof formats)[number],
  ...input: Parameters<typeof entryPointsOf>
): ReturnType<typeof entryPointsOf> {
  return format === 'html' || format === 'svg' ? entryPointsOf(...input) : [];
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
