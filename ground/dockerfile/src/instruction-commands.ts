import { type MappedText, MappedTextBuilder } from './mapped-text.ts';
import type { Heredoc, Instruction, InstructionWord } from './model.ts';
import type { ShellLimits } from './shell.ts';
import { readExecForm, readScript, type ScriptCommands } from './shell-script.ts';
import { splitBlanks } from './words.ts';

export interface HeredocText {
  readonly heredoc: Heredoc;
  readonly text: MappedText;
}

/** What of an instruction's arguments its commands are read from. */
export interface CommandBody {
  readonly args: readonly InstructionWord[];
  readonly form: Instruction['form'];
  /** Offset at which the command text begins, for the shell form. */
  readonly scriptStart: number;
}

/** What of the place of an instruction its commands depend on. */
export interface CommandContext {
  readonly escape: string;
  readonly shell: readonly string[] | undefined;
  readonly limits: ShellLimits;
}

const running = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK']);
const nothing: ScriptCommands = { commands: [], written: [] };

/** Shell commands that an instruction runs, and those in the text that it writes to files. */
export function readCommands(
  keyword: string,
  line: MappedText,
  rest: number,
  body: CommandBody,
  heredocs: readonly HeredocText[],
  context: CommandContext,
): ScriptCommands {
  const escapes = context.escape === '\\' && !isWindowsShell(context.shell);
  if (keyword === 'COPY' || keyword === 'ADD') return readFiles(body, heredocs, context, escapes);
  if (!running.has(keyword)) return nothing;
  const words = keyword === 'HEALTHCHECK' ? body.args.slice(1) : body.args;
  if (body.form === 'exec') return readExecForm(words, context.limits, true);
  if (heredocs.length === 0) {
    return readScript(line.slice(body.scriptStart, line.text.length), context.limits, escapes);
  }
  const only = heredocs.length === 1 && splitBlanks(line.text, rest).length === 1 ? heredocs[0] : undefined;
  if (only !== undefined) {
    return isShellScript(only.heredoc.content, true)
      ? readScript(only.text, context.limits, escapes)
      : nothing;
  }
  return readScript(withHeredocs(line, body.scriptStart, heredocs), context.limits, escapes);
}

/** The line as a shell would read it: the bodies follow, each with the line that ends it. */
function withHeredocs(line: MappedText, from: number, heredocs: readonly HeredocText[]): MappedText {
  const builder = new MappedTextBuilder();
  const pieces = [line.slice(from, line.text.length), ...heredocs.map((entry) => entry.text)];
  for (const [index, piece] of pieces.entries()) {
    piece.copyTo(builder);
    const heredoc = heredocs[index - 1]?.heredoc;
    builder.add(
      heredoc === undefined ? '\n' : `${heredoc.name}\n`,
      heredoc?.span.end ?? piece.at(piece.text.length),
    );
  }
  return builder.build(line.at(from));
}

/** Scripts among the files that COPY and ADD write from here-documents. */
function readFiles(
  body: CommandBody,
  heredocs: readonly HeredocText[],
  context: CommandContext,
  escapes: boolean,
): ScriptCommands {
  const target = body.args.at(-1)?.expanded ?? '';
  const written = heredocs.flatMap((entry) => {
    const named = target.endsWith('.sh') || entry.heredoc.name.endsWith('.sh');
    if (!isShellScript(entry.heredoc.content, named)) return [];
    const inner = readScript(entry.text, context.limits, escapes);
    return [...inner.commands, ...inner.written];
  });
  return { commands: [], written };
}

/** By its `#!` line; `otherwise` where it has none. */
function isShellScript(content: string, otherwise: boolean): boolean {
  if (!content.startsWith('#!')) return otherwise;
  const end = content.indexOf('\n');
  return /\b(?:sh|bash|dash|ash|ksh|zsh)\b/.test(content.slice(0, end < 0 ? 200 : Math.min(end, 200)));
}

function isWindowsShell(shell: readonly string[] | undefined): boolean {
  return shell !== undefined && /(?:^|[/\\])(?:cmd|powershell|pwsh)(?:\.exe)?$/i.test(shell[0] ?? '');
}
