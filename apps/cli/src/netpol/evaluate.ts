import { ConnectionTexts, noConnections } from '@keelson/netpol';
import { exitCodes } from '../exit.ts';
import { choiceOf } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { endsOf } from './ends.ts';
import { inputHelp, readWorkloads } from './input.ts';
import { judgeFlags, judgeFormats, portText, queryHelp, queryOf } from './words.ts';

const help = `keelson netpol evaluate: tell whether a connection passes

Usage: keelson netpol evaluate [options] SRC DST [PORT]

${queryHelp} Without a port, all connections that pass are told. Of a workload it is enough
that one of its Pods may have the connection.

  -m, --manifests DIR  folder or file of the manifests; may be given more than once; the current folder unless said
${inputHelp}
  -f, --format FORMAT  txt (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          no warnings and no progress

Exit: 0 it passes, 1 it does not, 2 wrong call, 3 a file or a policy could not be read.

Examples:
  keelson netpol evaluate shop/web shop/cart 8080 -m deploy/
  keelson netpol evaluate web 169.254.169.254 80 -m deploy/
  keelson netpol evaluate 203.0.113.7 shop/web -m deploy/
`;

/** `keelson netpol evaluate`. */
export const { run, usage } = defineVerb(
  { flags: judgeFlags, help, operands: 'text' },
  async ({ values, positionals }) => {
    const format = choiceOf('format', values.format, judgeFormats) ?? 'txt';
    const { ends, port } = queryOf(positionals);
    const input = await readWorkloads(values.manifests ?? ['.'], values);
    const { connectivity, isPartial } = input;
    const [source, destination] = endsOf(input, ends);
    const { connections, primary, reported } = connectivity;
    const isApart = connectivity.networkBetween(source.peer, destination.peer) === undefined;
    // A Pod reaches itself, whatever policies say.
    const isItself = source.members.some((member) => destination.members.includes(member));
    const between = isItself ? reported : primary.between(source, destination);
    const passing = isApart ? noConnections : connections.intersection(between, reported);
    const isAllowed =
      port === undefined ? passing !== noConnections : connections.has(passing, port.protocol, port.port);
    const pair = `${source.text} => ${destination.text}`;
    const all = new ConnectionTexts(connections).of(passing);
    const line =
      port === undefined
        ? `${pair} : ${all}`
        : `${pair} : ${portText(port)} ${isAllowed ? 'passes' : 'does not pass'}`;
    const record = {
      source: source.text,
      destination: destination.text,
      ...(port === undefined ? {} : { port: portText(port) }),
      allowed: isAllowed,
      connections: all,
    };
    writeResult(values.output, format === 'json' ? `${JSON.stringify(record, undefined, 2)}\n` : `${line}\n`);
    if (isPartial) return exitCodes.unreadable;
    return isAllowed ? exitCodes.done : exitCodes.findings;
  },
);
