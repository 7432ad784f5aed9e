import { isKeelsonError } from '@keelson/core';
import {
  type BuiltinHost,
  Coverage,
  formatExplanation,
  type Module,
  type PreparedQuery,
  Profile,
  type QueryResult,
  type RegoValue,
  Trace,
} from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { type EvalFormat, type EvalOutput, outputText } from './eval-output.ts';
import { errorJson, faultsOf } from './faults.ts';
import type { InputReader } from './inputs.ts';
import { compact, structure } from './json-output.ts';
import { countOf } from './options.ts';
import { type ProfileValues, profiledLines, wantsProfile } from './profile-report.ts';
import { Results } from './results.ts';
import type { Timers } from './timers.ts';

export const explainModes = ['off', 'why', 'full', 'fails', 'notes'] as const;

/** What an evaluation is to tell besides its result, and what it fails for. */
export interface EvaluationValues extends ProfileValues {
  readonly explain?: string | undefined;
  readonly coverage?: boolean | undefined;
  readonly metrics?: boolean | undefined;
  readonly fail?: boolean | undefined;
  readonly 'fail-defined'?: boolean | undefined;
  readonly 'strict-builtin-errors'?: boolean | undefined;
  readonly 'show-builtin-errors'?: boolean | undefined;
  readonly 'pretty-limit'?: string | undefined;
  readonly output?: string | undefined;
  readonly quiet?: boolean | undefined;
}

/** What an evaluation is made of. */
export interface EvaluationParts {
  readonly query: PreparedQuery;
  /** As they were parsed. */
  readonly modules: ReadonlyMap<string, Module>;
  readonly host: BuiltinHost;
  readonly timers: Timers;
}

/** One query that is asked of one input, or of many one after the other. */
export class Evaluation {
  readonly #parts: EvaluationParts;
  readonly #values: EvaluationValues;

  constructor(parts: EvaluationParts, values: EvaluationValues) {
    this.#parts = parts;
    this.#values = values;
  }

  one(input: RegoValue | undefined, format: EvalFormat): number {
    const { query, modules, timers } = this.#parts;
    const values = this.#values;
    const profile = wantsProfile(values) ? new Profile() : undefined;
    const coverage = values.coverage === true ? new Coverage() : undefined;
    const listeners = [profile, coverage].filter((listener) => listener !== undefined);
    const { results, errors, explanation } = this.#run(input, listeners);
    profile?.stop();
    const output: EvalOutput = {
      errors: format === 'json' || format === 'discard' ? errors?.map(errorJson) : undefined,
      results,
      metrics: values.metrics === true || profile !== undefined ? timers.metrics : undefined,
      profile: profile === undefined ? undefined : profiledLines(profile.lines, values),
      coverage: coverage?.report(modules),
      expressions: query.expressions,
    };
    // What is asked for people to read stands before the answer, else beside it.
    if (format !== 'pretty' && explanation !== '') tell(explanation.trimEnd());
    if (output.errors === undefined) for (const error of errors ?? []) tell(error.toOpaText());
    const text = outputText(output, format, countOf('pretty-limit', values['pretty-limit'], 80));
    writeResult(values.output, format === 'pretty' ? explanation + text : text);
    return this.#exit(results);
  }

  /** A line for each document of each file; one that fails leaves the others as they are. */
  async many(files: readonly string[], reader: InputReader): Promise<number> {
    const lines: InputLine[] = [];
    for (const file of files) lines.push(...(await this.#ofFile(file, reader)));
    writeResult(this.#values.output, lines.map(({ text }) => `${text}\n`).join(''));
    const exits = lines.map(({ exit }) => exit);
    return exits.includes(exitCodes.unreadable) ? exitCodes.unreadable : Math.max(0, ...exits);
  }

  async #ofFile(file: string, reader: InputReader): Promise<InputLine[]> {
    let documents: readonly RegoValue[];
    try {
      documents = await reader.file(file);
    } catch (error) {
      return [faultLine({ input: file }, error)];
    }
    return documents.map((input, at) => {
      const names = { input: file, document: documents.length > 1 ? at : undefined };
      try {
        const { results, errors, explanation } = this.#run(input, []);
        if (explanation !== '') tell(explanation.trimEnd());
        const said = { ...names, errors: errors?.map(errorJson), result: results.json() };
        return { text: compact(structure(said)), exit: this.#exit(results) };
      } catch (error) {
        return faultLine(names, error);
      }
    });
  }

  /** @throws EvaluationError */
  #run(input: RegoValue | undefined, others: readonly (Profile | Coverage)[]): Run {
    const { query, host, timers } = this.#parts;
    const values = this.#values;
    const mode = choiceOf('explain', values.explain, explainModes) ?? 'off';
    const trace = mode === 'off' || mode === 'why' ? undefined : new Trace({ mode });
    const result = timers.time('rego_query_eval', () =>
      query.run(input, {
        host,
        explain: mode === 'why',
        listeners: trace === undefined ? others : [trace, ...others],
        strictBuiltinErrors: values['strict-builtin-errors'] ?? false,
        ...(values.quiet === true ? {} : { print: (text) => tell(text) }),
      }),
    );
    const error = values['strict-builtin-errors'] === true ? result.errors[0] : fatalError(result);
    if (error !== undefined) throw error;
    return {
      results: new Results(query, result),
      errors: values['show-builtin-errors'] === true && result.errors.length > 0 ? result.errors : undefined,
      explanation: trace?.format() ?? textOf(result),
    };
  }

  #exit(results: Results): number {
    const fails =
      (this.#values.fail === true && !results.isDefined) ||
      (this.#values['fail-defined'] === true && results.isDefined);
    return fails ? exitCodes.findings : exitCodes.done;
  }
}

interface InputLine {
  readonly text: string;
  readonly exit: number;
}

/** The line of an input that cannot be read or judged. */
function faultLine(names: { input: string; document?: number | undefined }, error: unknown): InputLine {
  const isOfFormat = isKeelsonError(error) && !(error instanceof CommandError);
  const errors =
    faultsOf(error) ?? (isOfFormat ? [structure({ message: error.format(), code: error.code })] : undefined);
  if (errors === undefined) throw error;
  return { text: compact(structure({ ...names, errors })), exit: exitCodes.unreadable };
}

interface Run {
  readonly results: Results;
  /** Errors of built-in functions, where they are to be shown and there are some. */
  readonly errors: QueryResult['errors'] | undefined;
  readonly explanation: string;
}

function textOf({ explanation }: QueryResult): string {
  return explanation === undefined ? '' : `${formatExplanation(explanation).trimEnd()}\n`;
}

/** What ended an evaluation that gave nothing. */
export function fatalError({
  rows,
  errors: [error],
}: QueryResult): QueryResult['errors'][number] | undefined {
  return rows.length === 0 && error?.endsEvaluation === true ? error : undefined;
}
