/** One exchange between keelson and a peer. */
export interface Cell {
  /** Who makes, who takes, and what: `cosign → keelson: image, key`. */
  readonly id: string;
  /** Throws where it does not come out as it should. */
  readonly run: () => void | Promise<void>;
  /** Others go on from what it leaves: it is run whichever are chosen. */
  readonly isNeeded?: true;
}

/** What cannot be tried here, and why. */
export interface NotRun {
  readonly id: string;
  readonly reason: string;
}

export interface InteropSuite {
  readonly name: string;
  /** Programs that take part, with their versions. */
  readonly peers: readonly string[];
  readonly cells: readonly Cell[];
  readonly notRun: readonly NotRun[];
  close(): Promise<void>;
}

export interface Outcome {
  readonly id: string;
  readonly kind: 'passed' | 'failed' | 'not run';
  readonly reason?: string;
}

export async function judge({ cells, notRun }: InteropSuite): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { id, run } of cells) {
    try {
      await run();
      outcomes.push({ id, kind: 'passed' });
    } catch (error) {
      outcomes.push({ id, kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return [...outcomes, ...notRun.map(({ id, reason }) => ({ id, kind: 'not run' as const, reason }))];
}
