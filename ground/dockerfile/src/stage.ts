import type { ProblemList } from './error.ts';
import type { Lookup } from './expand.ts';
import { ExpansionAllowance } from './expansion-allowance.ts';
import type { InstructionContext } from './instruction.ts';
import type { Instruction, Stage } from './model.ts';
import type { ShellLimits } from './shell.ts';

export interface StageBuilderOptions {
  readonly escape: string;
  readonly limits: ShellLimits & { readonly expansion: number };
  readonly problems: ProblemList;
  readonly buildArgs: ReadonlyMap<string, string>;
}

/** What a variable that a stage inherits takes from the allowance: an entry of a map, whatever its length. */
const inheritedCost = 16;

/** A stage while it is being read. */
interface OpenStage extends Stage {
  readonly instructions: Instruction[];
  readonly env: Map<string, string>;
  readonly args: Map<string, string>;
  user: string | undefined;
  shell: readonly string[] | undefined;
}

/** Sorts instructions into stages and keeps what is in force: variables, USER, SHELL. */
export class StageBuilder {
  readonly #options: StageBuilderOptions;
  readonly #allowance: ExpansionAllowance;
  /** The latest stage of each name. */
  readonly #named = new Map<string, OpenStage>();
  readonly #globals = new Map<string, string>();
  readonly #globalArgs: Instruction[] = [];
  readonly #stages: OpenStage[] = [];

  constructor(options: StageBuilderOptions) {
    this.#options = options;
    this.#allowance = new ExpansionAllowance(options.limits.expansion);
  }

  /** What the next instruction is read with. FROM is read with the global ARGs only, see `add`. */
  context(): InstructionContext {
    const { escape: escapeChar, limits, problems } = this.#options;
    const stage = this.#stages.at(-1);
    return {
      escape: escapeChar,
      limits,
      problems,
      allowance: this.#allowance,
      lookup: this.#lookup(stage),
      user: stage?.user,
      shell: stage?.shell,
    };
  }

  /** As `context`, for FROM: only ARGs before the first FROM are known there. */
  fromContext(): InstructionContext {
    return { ...this.context(), lookup: this.#lookup(undefined), user: undefined, shell: undefined };
  }

  #lookup(stage: OpenStage | undefined): Lookup {
    if (stage === undefined) return (name) => this.#globals.get(name);
    return (name) => stage.env.get(name) ?? stage.args.get(name);
  }

  add(instruction: Instruction): void {
    if (instruction.keyword === 'FROM') {
      this.#open(instruction);
      return;
    }
    const stage = this.#stages.at(-1);
    if (stage === undefined) {
      if (instruction.keyword === 'ARG') {
        this.#globalArgs.push(instruction);
        this.#declare(instruction, this.#globals, undefined);
      } else {
        const message = `${instruction.keyword} before the first FROM`;
        this.#options.problems.add('DOCKERFILE_NO_FROM', message, instruction.keywordSpan);
      }
      return;
    }
    stage.instructions.push(instruction);
    if (instruction.keyword === 'ARG') this.#declare(instruction, stage.args, this.#globals);
    else if (instruction.keyword === 'ENV') {
      for (const pair of instruction.pairs) stage.env.set(pair.name, pair.value ?? '');
    } else if (instruction.keyword === 'USER') stage.user = instruction.args[0]?.expanded ?? stage.user;
    else if (instruction.keyword === 'SHELL' && instruction.form === 'exec') {
      stage.shell = instruction.args.map((arg) => arg.value);
    }
  }

  #declare(
    instruction: Instruction,
    scope: Map<string, string>,
    outer: ReadonlyMap<string, string> | undefined,
  ): void {
    for (const pair of instruction.pairs) {
      const value = this.#options.buildArgs.get(pair.name) ?? pair.value ?? outer?.get(pair.name);
      if (value !== undefined) scope.set(pair.name, value);
      else scope.delete(pair.name);
    }
  }

  #open(from: Instruction): void {
    const words = from.args.map((arg) => arg.expanded);
    if (words.length > 1 && (words.length !== 3 || words[1]?.toLowerCase() !== 'as')) {
      const message = 'FROM takes an image and, after AS, a name';
      this.#options.problems.add('DOCKERFILE_ARGUMENTS', message, from.keywordSpan);
    }
    const base = words[0] ?? '';
    const parent = this.#named.get(base.toLowerCase());
    const stage: OpenStage = {
      index: this.#stages.length,
      name: words[1]?.toLowerCase() === 'as' ? words[2]?.toLowerCase() : undefined,
      from,
      base,
      baseStage: parent?.index,
      platform: from.flags.find((flag) => flag.name === 'platform')?.value,
      instructions: [from],
      env: this.#inherited(parent?.env),
      args: this.#inherited(parent?.args),
      user: parent?.user,
      shell: parent?.shell,
    };
    this.#stages.push(stage);
    if (stage.name !== undefined) this.#named.set(stage.name, stage);
  }

  /** A copy of a parent's variables; it costs allowance, since thousands of stages may inherit thousands. */
  #inherited(variables: ReadonlyMap<string, string> = new Map()): Map<string, string> {
    return new Map(this.#allowance.spend(variables.size * inheritedCost) ? variables : []);
  }

  finish(): { globalArgs: readonly Instruction[]; stages: readonly Stage[] } {
    if (this.#allowance.isExceeded) {
      const message = `variables cost more to expand than the limit "expansion" of ${this.#options.limits.expansion}`;
      this.#options.problems.add('DOCKERFILE_LIMIT', message, { start: 0, end: 0 });
    }
    return { globalArgs: this.#globalArgs, stages: this.#stages };
  }
}
