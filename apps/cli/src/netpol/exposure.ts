import { ConnectionTexts, type EntryPoint, entryPointsOf, noConnections } from '@keelson/netpol';
import { terminalSafe } from '@keelson/report';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { inputFlags, inputHelp, readWorkloads } from './input.ts';

const formats = ['txt', 'json'] as const;

const flags = {
  ...commonFlags,
  ...inputFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

const help = `keelson netpol exposure: tell where traffic comes in from outside, and what policies let in

Usage: keelson netpol exposure [options] PATH...

Entry points are Services of type LoadBalancer and NodePort, external IPs, Ingresses, Routes, and routes of Gateways. Beside each workload
behind one stands what policies let in of what it leads to.

${inputHelp}
  -f, --format FORMAT  txt (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          no warnings and no progress

Exit: 0 done, 2 wrong call, 3 a file or a policy could not be read.

What Pods that are not there yet could reach is told by keelson netpol list --exposure.

Examples:
  keelson netpol exposure deploy/
  keelson netpol exposure deploy/ -f json
`;

/** `keelson netpol exposure`. */
export const { run, usage } = defineVerb(
  { flags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const format = choiceOf('format', values.format, formats) ?? 'txt';
    const { resources, connectivity, isPartial } = await readWorkloads(positionals, values);
    const texts = new ConnectionTexts(connectivity.connections);
    const entries = entryPointsOf(resources, connectivity).map((entry) => entryOf(entry, texts));
    const isJson = format === 'json';
    writeResult(values.output, isJson ? `${JSON.stringify(entries, undefined, 2)}\n` : textOf(entries));
    return isPartial ? exitCodes.unreadable : exitCodes.done;
  },
);

type Entry = ReturnType<typeof entryOf>;

function entryOf(entry: EntryPoint, texts: ConnectionTexts) {
  const { kind, namespace, name, source, ports, gateways, destinations, notes } = entry;
  return {
    kind,
    namespace,
    name,
    source,
    ports,
    gateways,
    destinations: destinations.map(({ workload, service, targets, admitted }) => ({
      workload: workload.text,
      service,
      targets: texts.of(targets),
      admitted: admitted === noConnections ? 'nothing' : texts.of(admitted),
    })),
    notes: notes.map(({ message }) => message),
  };
}

function textOf(entries: readonly Entry[]): string {
  if (entries.length === 0)
    return 'Nothing comes in from outside: no Service, Ingress or route is an entry point.\n';
  return entries
    .flatMap(linesOf)
    .map((line) => `${terminalSafe(line)}\n`)
    .join('');
}

function linesOf({ kind, namespace, name, ports, gateways, destinations, notes }: Entry): string[] {
  const on = ports.length === 0 ? '' : ` on ${ports.join(', ')}`;
  const through = gateways.length === 0 ? '' : ` through ${gateways.join(', ')}`;
  return [
    `${kind} ${namespace}/${name}${on}${through}`,
    ...destinations.map(({ workload, targets, admitted }) =>
      admitted === targets ? `  => ${workload} : ${targets}` : `  => ${workload} : ${admitted} of ${targets}`,
    ),
    ...notes.map((note) => `  note: ${note}`),
  ];
}
