import { protocolName, protocolNumber } from '@keelson/netpol';
import { CommandError } from '../errors.ts';
import { commonFlags } from '../flag-values.ts';
import { inputFlags } from './input.ts';

/** A destination port and the number of its protocol. */
export interface Port {
  protocol: number;
  port: number;
}

/**
 * A port as `8080`, `53/UDP` or `tcp-443`.
 * @throws CommandError USAGE
 */
export function portOf(word: string): Port {
  const numberFirst = /^(\d{1,5})(?:\/([A-Za-z]+))?$/.exec(word);
  const protocolFirst = /^([A-Za-z]+)-(\d{1,5})$/.exec(word);
  const [digits, name] =
    protocolFirst === null
      ? [numberFirst?.[1], numberFirst?.[2] ?? 'TCP']
      : [protocolFirst[2], protocolFirst[1]];
  const port = Number(digits);
  const protocol = protocolNumber((name ?? '').toUpperCase());
  if (digits === undefined || port < 1 || port > 65_535 || protocol === undefined)
    throw new CommandError('USAGE', `${word} is no port; write it as 8080, 53/UDP or 132/SCTP`);
  return { protocol, port };
}

export function portText({ protocol, port }: Port): string {
  return `${protocolName(protocol)} ${port}`;
}

/** Where verbs whose operands are no manifests find them. */
export const manifestsFlag = {
  manifests: { type: 'string', short: 'm', multiple: true, value: 'file' },
} as const;

/** Formats and flags of verbs that answer what is asked of manifests. */
export const judgeFormats = ['txt', 'json'] as const;
export const judgeFlags = {
  ...commonFlags,
  ...inputFlags,
  ...manifestsFlag,
  format: { type: 'string', short: 'f', value: { choices: judgeFormats } },
} as const;

export const queryHelp = `SRC and DST are workloads or Pods by namespace/name, by the name alone where one namespace has it, or addresses. PORT
is a destination port: 8080, 53/UDP.`;

/**
 * Two ends and a port.
 * @throws CommandError USAGE
 */
export function queryOf(operands: readonly string[]): {
  ends: readonly [source: string, destination: string];
  port: Port | undefined;
} {
  const [source, destination, port, ...others] = operands;
  if (source === undefined || destination === undefined || others.length > 0)
    throw new CommandError('USAGE', 'name a source, a destination and, where one is meant, a port');
  return { ends: [source, destination], port: port === undefined ? undefined : portOf(port) };
}
