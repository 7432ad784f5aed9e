import type { Location } from '../../syntax/location.ts';
import type { CallSite } from '../runtime/run.ts';

const sites = new WeakMap<Location, CallSite>();
const nowhere: CallSite = Object.freeze({ file: '', row: 0, column: 0, at: undefined });

/** The place of an expression as calls and errors are given it; one object for one place. */
export function callSite(at: Location | undefined): CallSite {
  if (at === undefined) return nowhere;
  const known = sites.get(at);
  if (known !== undefined) return known;
  const site: CallSite = { file: at.file, row: at.row, column: at.col, at };
  sites.set(at, site);
  return site;
}
