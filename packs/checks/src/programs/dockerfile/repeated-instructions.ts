import type { DockerfileInput, ProgramContext, Violation } from '@keelson/checks';
import { textAt, textsAt } from '../fields.ts';
import { type PlacedInstruction, type PlacedStage, placedStages } from './stage-instructions.ts';

/** From this many in a row joining them is worth a word. */
const worthJoining = 3;

/** RUNs, or COPYs and ADDs to one target, in a row; only the final stage's layers are shipped. */
export function* repeatedInstructions(context: ProgramContext): Iterable<Violation> {
  for (const input of context.dockerfiles) {
    const stage = placedStages(input).at(-1);
    if (stage !== undefined) yield* judgeStage(input, stage);
  }
}

function* judgeStage(input: DockerfileInput, stage: PlacedStage): Iterable<Violation> {
  let row: PlacedInstruction[] = [];
  for (const instruction of [...stage.instructions, undefined]) {
    const first = row[0];
    if (first !== undefined && (instruction === undefined || groupOf(instruction) !== groupOf(first))) {
      if (row.length >= worthJoining && groupOf(first) !== undefined) {
        const message = `${row.length} ${textAt(first.value, ['keyword'])} instructions in a row make a layer each`;
        yield { subject: input, path: first.path, message };
      }
      row = [];
    }
    if (instruction !== undefined) row.push(instruction);
  }
}

/** Instructions of the same group can be joined. */
function groupOf({ value }: PlacedInstruction): string | undefined {
  const keyword = textAt(value, ['keyword']);
  if (keyword === 'RUN') return 'RUN';
  if (keyword !== 'COPY' && keyword !== 'ADD') return undefined;
  return `${keyword} ${textsAt(value, ['args']).at(-1) ?? ''} ${JSON.stringify(Object.entries(value['flags'] ?? {}))}`;
}
