import { ConnectionTexts, type Connectivity, noConnections, type SetId } from '@keelson/netpol';
import { exitCodes } from '../exit.ts';
import { choiceOf } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { type End, endsOf } from './ends.ts';
import { inputHelp, readWorkloads } from './input.ts';
import { type Decision, decisionsOf, memberText, type Reason } from './reasons.ts';
import { judgeFlags, judgeFormats, type Port, queryHelp, queryOf } from './words.ts';

const help = `keelson netpol explain: tell which policies and rules decide

Usage: keelson netpol explain [options] SRC DST [PORT]

${queryHelp} Without a port, all connections are told in as many parts as are decided for
different reasons. A connection passes where the policies of the source (egress) and those of the destination (ingress) both let it.

  -m, --manifests DIR  folder or file of the manifests; may be given more than once; the current folder unless said
${inputHelp}
  -f, --format FORMAT  txt (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          no warnings and no progress

Exit: 0 something passes, 1 nothing does, 2 wrong call, 3 a file or a policy could not be read.

Examples:
  keelson netpol explain shop/web shop/payments 8080 -m deploy/
  keelson netpol explain shop/web 0.0.0.0 -m deploy/ -f json
`;

/** Connections that are decided alike on both sides. */
interface Part {
  connections: string;
  allowed: boolean;
  egress: readonly Reason[];
  ingress: readonly Reason[];
}

/** Two Pods, or a Pod and addresses. */
interface Pair {
  source: string;
  destination: string;
  parts: readonly Part[];
}

/** `keelson netpol explain`. */
export const { run, usage } = defineVerb(
  { flags: judgeFlags, help, operands: 'text' },
  async ({ values, positionals }) => {
    const format = choiceOf('format', values.format, judgeFormats) ?? 'txt';
    const { ends, port } = queryOf(positionals);
    const input = await readWorkloads(values.manifests ?? ['.'], values);
    const { connectivity, isPartial } = input;
    const [source, destination] = endsOf(input, ends);
    const isApart = connectivity.networkBetween(source.peer, destination.peer) === undefined;
    const pairs = isApart ? [] : pairsOf(connectivity, source, destination, port);
    const text =
      format === 'json'
        ? `${JSON.stringify(pairs, undefined, 2)}\n`
        : isApart
          ? `${source.text} => ${destination.text}: their networks are apart\n`
          : pairs.map(pairText).join('\n');
    writeResult(values.output, text);
    if (isPartial) return exitCodes.unreadable;
    const passes = pairs.some(({ parts }) => parts.some(({ allowed }) => allowed));
    return passes ? exitCodes.done : exitCodes.findings;
  },
);

/** Pods of a workload that differ in labels or ports are told one by one. */
function pairsOf(connectivity: Connectivity, source: End, destination: End, port: Port | undefined): Pair[] {
  const { analysis } = connectivity.primary;
  const { connections, reported } = connectivity;
  const asked = port === undefined ? reported : connections.of([port.protocol], [[port.port, port.port]]);
  const name = (end: End, member: number) =>
    end.members.length === 1 ? end.text : memberText(analysis, member);
  return source.members.flatMap((from) =>
    destination.members.map((to) => ({
      source: name(source, from),
      destination: name(destination, to),
      parts: from === to ? [itself(connectivity, asked)] : partsOf(connectivity, from, to, asked),
    })),
  );
}

/** A Pod reaches itself, whatever policies say. */
function itself({ connections }: Connectivity, asked: SetId): Part {
  return { connections: new ConnectionTexts(connections).of(asked), allowed: true, egress: [], ingress: [] };
}

function partsOf(
  { connections, primary: { analysis } }: Connectivity,
  from: number,
  to: number,
  asked: SetId,
): Part[] {
  const texts = new ConnectionTexts(connections);
  const egress = decisionsOf(analysis, 'egress', from, to);
  const ingress = decisionsOf(analysis, 'ingress', from, to);
  const parts = egress.flatMap((out) =>
    ingress.flatMap((into) => {
      const both = connections.intersection(out.connections, into.connections);
      const told = connections.intersection(both, asked);
      return told === noConnections ? [] : [partOf(texts.of(told), out, into)];
    }),
  );
  return parts.sort((a, b) => Number(b.allowed) - Number(a.allowed));
}

function partOf(connections: string, out: Decision, into: Decision): Part {
  const allowed = out.allowed && into.allowed;
  return { connections, allowed, egress: out.reasons, ingress: into.reasons };
}

function pairText({ source, destination, parts }: Pair): string {
  const lines = parts.flatMap(({ connections, allowed, egress, ingress }) => [
    `  ${connections}: ${allowed ? 'passes' : 'does not pass'}`,
    ...sideLines('egress ', source, egress),
    ...sideLines('ingress', destination, ingress),
  ]);
  return `${[`${source} => ${destination}`, ...lines].join('\n')}\n`;
}

function sideLines(side: string, end: string, reasons: readonly Reason[]): string[] {
  if (reasons.length === 0) return [`    ${side}  open: no policy speaks of it`];
  const lines = reasons.map(({ verdict, policy, rule, place }) => {
    const what =
      rule === undefined
        ? `selects ${end}, and no rule allows it`
        : verdict === 'passes on'
          ? `passes it on by ${rule}`
          : `${verdict} it by ${rule}`;
    return `    ${side}  ${policy} ${what} (${place})`;
  });
  const isOpen = reasons.at(-1)?.verdict === 'passes on';
  return isOpen ? [...lines, `    ${side}  open: no policy behind it speaks of it`] : lines;
}
