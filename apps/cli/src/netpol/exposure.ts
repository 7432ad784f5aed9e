import {
  admittedText,
  ConnectionTexts,
  type EntryPoint,
  entryPointsOf,
  entryPointTitle,
  noConnections,
} from '@keelson/netpol';
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

Entry points are Services of type LoadBalancer and NodePort, external IPs, ports of nodes that Pods take, Ingresses, Routes, and routes
of Gateways. Beside each workload behind one stands what policies let in of what it leads to.

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
    const entries = entryPointsOf(resources, connectivity);
    const text =
      format === 'json'
        ? `${JSON.stringify(
            entries.map((entry) => recordOf(entry, texts)),
            undefined,
            2,
          )}\n`
        : textOf(entries, texts);
    writeResult(values.output, text);
    return isPartial ? exitCodes.unreadable : exitCodes.done;
  },
);

function recordOf(entry: EntryPoint, texts: ConnectionTexts) {
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

function textOf(entries: readonly EntryPoint[], texts: ConnectionTexts): string {
  if (entries.length === 0)
    return 'Nothing comes in from outside: no Service, Ingress or route is an entry point.\n';
  return entries
    .flatMap((entry) => linesOf(entry, texts))
    .map((line) => `${terminalSafe(line)}\n`)
    .join('');
}

function linesOf(entry: EntryPoint, texts: ConnectionTexts): string[] {
  // Whether what serves the object is one of the Pods that policies let in is not known.
  const isOpenToSome = entry.notes.some(({ code }) => code === 'some-pods');
  return [
    entryPointTitle(entry),
    ...entry.destinations.map((destination) => {
      const isSure = destination.admitted === destination.targets || !isOpenToSome;
      const text = admittedText(destination, texts);
      return `  => ${destination.workload.text} : ${text}${isSure ? '' : ' for sure'}`;
    }),
    ...entry.notes.map(({ message }) => `  note: ${message}`),
  ];
}
