import type { KeelsonError } from '@keelson/core';
import { isKeelsonError, SourceText } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import type { Check } from './check.ts';
import { compileCheck } from './compile.ts';
import { type CheckDefinition, type Locate, readDefinition } from './definition.ts';
import { CheckError } from './errors.ts';

/** A check file as it was read. */
export interface CheckFile {
  file: string;
  text: string;
}

export interface LoadedDefinitions {
  definitions: CheckDefinition[];
  problems: KeelsonError[];
}

interface Located {
  definition: CheckDefinition;
  locate: Locate;
}

/** Reads check files. A bad check is a problem naming file, line and reason; the others are kept. */
export function loadDefinitions(files: readonly CheckFile[]): LoadedDefinitions {
  const { located, problems } = readFiles(files);
  return { definitions: located.map(({ definition }) => definition), problems };
}

/** Reads and compiles users' checks; ids of `taken` may not be used again. */
export function loadChecks(
  files: readonly CheckFile[],
  taken: ReadonlySet<string> = new Set(),
): { checks: Check[]; definitions: CheckDefinition[]; problems: KeelsonError[] } {
  const { located, problems } = readFiles(files, taken);
  const checks: Check[] = [];
  const definitions: CheckDefinition[] = [];
  for (const { definition, locate } of located) {
    try {
      checks.push(compileCheck(definition, locate));
      definitions.push(definition);
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      problems.push(error);
    }
  }
  return { checks, definitions, problems };
}

function readFiles(files: readonly CheckFile[], taken: ReadonlySet<string> = new Set()) {
  const located: Located[] = [];
  const problems: KeelsonError[] = [];
  const seen = new Set(taken);
  for (const { file, text } of files) {
    const source = new SourceText(file, text);
    const stream = parseYaml(source);
    problems.push(...stream.errors);
    for (const document of stream.documents) {
      if (document.value === null) continue;
      const locate: Locate = (path) => {
        const { location } = document.locateNearest(path);
        return source.location(location.key ?? location.value);
      };
      try {
        const definition = readDefinition(document.value, locate);
        if (seen.has(definition.id)) throw duplicate(definition, locate);
        seen.add(definition.id);
        located.push({ definition, locate });
      } catch (error) {
        if (!isKeelsonError(error)) throw error;
        problems.push(error);
      }
    }
  }
  return { located, problems };
}

function duplicate(definition: CheckDefinition, locate: Locate): CheckError {
  const location = locate(['id']);
  return new CheckError(
    'CHECK_DUPLICATE',
    `there is already a check "${definition.id}"`,
    location === undefined ? {} : { location },
  );
}
