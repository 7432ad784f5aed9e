import type { Connectivity } from '../connectivity/connectivity.ts';
import type { Exposure } from '../connectivity/exposure.ts';
import type { EntryPoint } from '../entrypoints/entry-point.ts';
import { type ExposureRows, exposureRowsOf } from './exposure-rows.ts';
import { focusConnectionText, type Row, rowsOf } from './rows.ts';

/** A report of connectivity, ready to be written in any format. */
export interface Report {
  connectivity: Connectivity;
  rows: readonly Row[];
  /** The one connection that it is about; undefined where it is about all. */
  connection: string | undefined;
  hasNetworks: boolean;
  exposures: readonly Exposure[];
  /** Undefined where exposure was not asked for. */
  exposure: ExposureRows | undefined;
  /** For pictures; empty where they were not asked for. */
  entryPoints: readonly EntryPoint[];
}

export function reportOf(
  connectivity: Connectivity,
  exposures?: readonly Exposure[],
  entryPoints: readonly EntryPoint[] = [],
): Report {
  const rows = rowsOf(connectivity);
  return {
    connectivity,
    rows,
    connection: focusConnectionText(connectivity),
    hasNetworks: connectivity.options.networks === true,
    exposures: exposures ?? [],
    exposure: exposures === undefined ? undefined : exposureRowsOf(connectivity, exposures, rows),
    entryPoints,
  };
}
