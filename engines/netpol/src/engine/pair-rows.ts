import type { Connections } from '../sets/connections.ts';
import { PairSets } from './pair-sets.ts';
import type { Rows } from './rows.ts';

/** Rows of both directions, over the same peers. */
export interface PairInput {
  egress: Rows;
  ingress: Rows;
  endpointCount: number;
  peerCount: number;
  connections: Connections;
}

/** Sources that are worked out together, so that each row of the other direction is read in runs and not byte by byte. */
const block = 32;

/** Calls with each source and what both directions allow from it, by destination. The row is used again. */
export function forEachPairRow(input: PairInput, call: (source: number, row: Uint32Array) => void): void {
  const { egress, ingress, endpointCount, peerCount, connections } = input;
  const { classes, classCount } = ingress;
  const row = new Uint32Array(peerCount);
  const sets = new PairSets(connections);
  const tile = new Uint32Array(block * classCount);
  for (let first = 0; first < peerCount; first += block) {
    const last = Math.min(first + block, peerCount);
    fillTile(tile, ingress, first, last);
    for (let source = first; source < last; source++) {
      const at = (source - first) * classCount;
      if (source < endpointCount) {
        const out = egress.of(source);
        for (let to = 0; to < endpointCount; to++) {
          row[to] = sets.intersection(out.sets[out.codes[to] ?? 0] ?? 0, tile[at + (classes[to] ?? 0)] ?? 0);
        }
        for (let to = endpointCount; to < peerCount; to++) row[to] = out.at(to);
      } else {
        for (let to = 0; to < endpointCount; to++) row[to] = tile[at + (classes[to] ?? 0)] ?? 0;
        row.fill(0, endpointCount);
      }
      row[source] = 0;
      call(source, row);
    }
  }
}

/** By source and class of destination, what the destination lets in. */
function fillTile(tile: Uint32Array, ingress: Rows, first: number, last: number): void {
  const { classCount } = ingress;
  for (let id = 0; id < classCount; id++) {
    const { codes, sets } = ingress.ofClass(id);
    for (let source = first, at = id; source < last; source++, at += classCount) {
      tile[at] = sets[codes[source] ?? 0] ?? 0;
    }
  }
}
