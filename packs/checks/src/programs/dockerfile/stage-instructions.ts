import type { DockerfileInput } from '@keelson/checks';
import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';

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
  return objects(input.value['stages']).map((stage, i) => ({
    value: stage,
    instructions: objects(stage['instructions'])
      .map((value, j) => ({ value, path: ['stages', i, 'instructions', j] }))
      .filter(({ value }) => value['trigger'] !== true),
  }));
}

/** The objects of a list. */
export function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The strings of a list. */
export function strings(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A field that is text; empty where it is none. */
export function text(value: JsonObject, key: string): string {
  const found = value[key];
  return typeof found === 'string' ? found : '';
}
