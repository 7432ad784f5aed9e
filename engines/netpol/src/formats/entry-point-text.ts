import type { EntryDestination, EntryPoint } from '../entrypoints/entry-point.ts';
import { noConnections } from '../sets/connections.ts';
import type { ConnectionTexts } from './connection-text.ts';

/** An entry point as reports name it, as `LoadBalancer shop/web on 80, 443`. */
export function entryPointTitle({ kind, namespace, name, ports, gateways }: EntryPoint): string {
  const on = ports.length === 0 ? '' : ` on ${ports.join(', ')}`;
  const through = gateways.length === 0 ? '' : ` through ${gateways.join(', ')}`;
  return `${kind} ${namespace}/${name}${on}${through}`;
}

/** What policies let in of what an entry point leads to: `TCP 80`, `TCP 80 of TCP 80,443`, `nothing of TCP 80`. */
export function admittedText(
  { targets, admitted }: Pick<EntryDestination, 'targets' | 'admitted'>,
  texts: ConnectionTexts,
): string {
  if (admitted === targets) return texts.of(targets);
  return `${admitted === noConnections ? 'nothing' : texts.of(admitted)} of ${texts.of(targets)}`;
}
