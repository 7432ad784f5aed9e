import type { SourceText, Span } from '@keelson/core';

/** A Dockerfile as BuildKit's frontend reads it. */
export interface Dockerfile {
  readonly source: SourceText;
  /** `# syntax=`, `# escape=`, `# check=` at the head, by lower-case name. */
  readonly directives: ReadonlyMap<string, string>;
  readonly escape: '\\' | '`';
  /** ARGs before the first FROM. */
  readonly globalArgs: readonly Instruction[];
  readonly stages: readonly Stage[];
  readonly comments: readonly DockerfileComment[];
}

export interface Stage {
  readonly index: number;
  /** `AS name`, lower case; undefined when unnamed. */
  readonly name: string | undefined;
  readonly from: Instruction;
  /** Image reference or stage name after ARG expansion; variables without a known value stay as written. */
  readonly base: string;
  /** Index of the stage that `base` names, when it names one. */
  readonly baseStage: number | undefined;
  readonly platform: string | undefined;
  /** All instructions of the stage, FROM included. */
  readonly instructions: readonly Instruction[];
  /** Values that ENV sets in this stage and in the stages it is based on. */
  readonly env: ReadonlyMap<string, string>;
  /** USER in force at the end, the stages it is based on included; undefined = the base image's. */
  readonly user: string | undefined;
  /** SHELL in force at the end; undefined = the default of the platform. */
  readonly shell: readonly string[] | undefined;
}

/** `--name=value` before the arguments; `value` is empty for a bare `--name`. */
export interface InstructionFlag {
  readonly name: string;
  /** After variable expansion. */
  readonly value: string;
  readonly written: string;
  readonly span: Span;
}

/** A word of an instruction, quotes removed and escapes undone. */
export interface InstructionWord {
  readonly value: string;
  /** `value` after variable expansion where BuildKit expands; unknown variables stay as written. */
  readonly expanded: string;
  readonly span: Span;
}

/** `NAME=value` of ENV, ARG and LABEL. */
export interface InstructionPair {
  readonly name: string;
  /** Undefined for an ARG without default. Expanded, quotes removed. */
  readonly value: string | undefined;
  readonly span: Span;
}

export interface Instruction {
  /** Upper case: `RUN`. For ONBUILD the inner instruction is in `onbuild`. */
  readonly keyword: string;
  readonly flags: readonly InstructionFlag[];
  /** Words of the shell form, or the items of the JSON form. */
  readonly args: readonly InstructionWord[];
  readonly form: 'exec' | 'shell';
  /** ENV, ARG and LABEL only. */
  readonly pairs: readonly InstructionPair[];
  /** Logical line after continuation, comments inside removed, without the keyword and flags. */
  readonly value: string;
  readonly heredocs: readonly Heredoc[];
  /** Shell commands of RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD (shell form, heredocs, `sh -c` exec form). */
  readonly commands: readonly ShellCommand[];
  /** Shell commands inside text that the build writes to a file: `echo '…' > file`, `COPY <<EOF file`. */
  readonly written: readonly ShellCommand[];
  readonly onbuild: Instruction | undefined;
  /** USER in force when the instruction runs; undefined = the base image's. */
  readonly user: string | undefined;
  /** SHELL in force; undefined = the default of the platform. */
  readonly shell: readonly string[] | undefined;
  readonly span: Span;
  readonly keywordSpan: Span;
}

export interface Heredoc {
  readonly name: string;
  /** False when the delimiter was quoted: no expansion. */
  readonly expand: boolean;
  readonly content: string;
  readonly span: Span;
}

/** One simple command in a shell line. */
export interface ShellCommand {
  /** `FOO=1` words before the command. */
  readonly assignments: readonly string[];
  /** Words with quotes undone; variables are left as written. */
  readonly words: readonly string[];
  /** One per word. */
  readonly wordSpans: readonly Span[];
  /** What stands between this command and the next. */
  readonly next: '&&' | '||' | ';' | '|' | '&' | 'end';
  /** The first command of the next element of the pipeline; set for every command of a piped group. */
  readonly pipedTo: ShellCommand | undefined;
  readonly redirects: readonly ShellRedirect[];
  /** How many `$(…)`, backticks, `sh -c` and the like stand around it. */
  readonly depth: number;
  /**
   * How deep in `if`, `for`, `while`, `case`, functions and subshells; such a command may run never or often.
   */
  readonly nesting: number;
  readonly span: Span;
}

export interface ShellRedirect {
  readonly operator: string;
  /** File, descriptor, here-string or delimiter. */
  readonly target: string;
  /** Body of a here-document. */
  readonly body?: string;
  /** Source offset at which the body begins. */
  readonly bodyStart?: number;
}

export interface DockerfileComment {
  readonly span: Span;
  readonly text: string;
}
