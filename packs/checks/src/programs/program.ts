import type { ProgramContext, Violation } from '@keelson/checks';

/** A check's function, as the packs register it. */
export type Program = (context: ProgramContext) => Iterable<Violation>;
