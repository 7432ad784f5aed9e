import type { DockerfileInput } from '@keelson/checks';
import type { JsonObject, Path } from '@keelson/core';
import { mappingsAt } from '../fields.ts';

/** An instruction's value and where it stands in the Dockerfile's value. */
export interface PlacedInstruction {
  readonly value: JsonObject;
  readonly path: Path;
}

/** A stage's value with its own instructions; triggers of ONBUILD run elsewhere and are left out. */
export interface PlacedStage {
  readonly value: JsonObject;
  readonly instructions: readonly PlacedInstruction[];
}

/** Stages of a Dockerfile in order. */
export function placedStages(input: DockerfileInput): PlacedStage[] {
  return mappingsAt(input.value, ['stages']).map(({ item: stage, index: i }) => ({
    value: stage,
    instructions: mappingsAt(stage, ['instructions'])
      .filter(({ item }) => item['trigger'] !== true)
      .map(({ item, index }) => ({ value: item, path: ['stages', i, 'instructions', index] })),
  }));
}
