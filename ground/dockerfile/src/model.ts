import type { SourceText, Span } from '@keelson/core';

/** A Dockerfile as BuildKit's frontend reads it. */
export interface Dockerfile {
  readonly source: SourceText;
  /** `# syntax=`, `# escape=`, `# check=` at the head, by lower-case name. */
  readonly directives: Readonly<Record<string, string>>;
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
  /** Image reference or stage name after ARG expansion. */
  readonly base: string;
  /** Index of the stage that `base` names, when it names one. */
  readonly baseStage: number | undefined;
  readonly platform: string | undefined;
  /** All instructions of the stage, FROM included. */
  readonly instructions: readonly Instruction[];
}

export interface Instruction {
  /** Upper case: `RUN`. For ONBUILD the inner instruction is in `onbuild`. */
  readonly keyword: string;
  /** `--name=value` flags before the arguments, in order. */
  readonly flags: readonly { name: string; value: string; span: Span }[];
  /** Words as written (quotes kept out, escapes undone), or the items of the JSON form. */
  readonly args: readonly { value: string; expanded: string; span: Span }[];
  readonly form: 'exec' | 'shell';
  /** Logical line after continuation, comments inside removed, without the keyword and flags. */
  readonly value: string;
  readonly heredocs: readonly Heredoc[];
  /** Shell commands of RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD (shell form, heredocs, `sh -c` exec form). */
  readonly commands: readonly ShellCommand[];
  readonly onbuild: Instruction | undefined;
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
  /** What stands between this command and the next. */
  readonly next: '&&' | '||' | ';' | '|' | '&' | 'end';
  readonly redirects: readonly { operator: string; target: string }[];
  readonly span: Span;
}

export interface DockerfileComment {
  readonly span: Span;
  readonly text: string;
}
