import { protocolNumbers } from './connections.ts';

const byName: ReadonlyMap<string, number> = new Map(Object.entries(protocolNumbers));
const byNumber: ReadonlyMap<number, string> = new Map(
  Object.entries(protocolNumbers).map(([name, number]) => [number, name]),
);

/** The number of a protocol by the name that Kubernetes gives it, as `TCP`; undefined for other names. */
export function protocolNumber(name: string): number | undefined {
  return byName.get(name);
}

/** The name of a protocol; its number where it has none here. */
export function protocolName(number: number): string {
  return byNumber.get(number) ?? String(number);
}
