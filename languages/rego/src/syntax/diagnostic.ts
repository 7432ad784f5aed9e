import { RegoError, type RegoErrorCode } from '../errors.ts';
import { utf8Length } from '../values/index.ts';
import type { Location } from './location.ts';

/** One fault as OPA reports it. `details` are further lines of its text: the source line and a caret. */
export interface Diagnostic {
  readonly code: RegoErrorCode;
  readonly message: string;
  readonly location: Location | undefined;
  readonly details?: readonly string[];
}

/** Everything that is wrong with a text, in the order in which OPA says it. The first one gives the code. */
export class RegoSyntaxError extends RegoError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const first = diagnostics[0];
    const at = first?.location;
    super(first?.code ?? 'rego_parse_error', formatDiagnostics(diagnostics), {
      ...(at === undefined ? {} : { location: { file: at.file, line: at.row, column: at.col } }),
    });
    this.diagnostics = diagnostics;
  }
}

/** `file:row: code: message` (`row:col` where there is no file) with the details on lines of their own. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const at = diagnostic.location;
  const place = at === undefined ? '' : at.file === '' ? `${at.row}:${at.col}: ` : `${at.file}:${at.row}: `;
  const details = (diagnostic.details ?? []).map((line) => `\n\t${line}`).join('');
  return `${place}${diagnostic.code}: ${diagnostic.message}${details}`;
}

export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const [first] = diagnostics;
  if (first === undefined) return 'no error(s)';
  if (diagnostics.length === 1) return `1 error occurred: ${formatDiagnostic(first)}`;
  return `${diagnostics.length} errors occurred:\n${diagnostics.map(formatDiagnostic).join('\n')}`;
}

/**
 * The line of a fault and a caret below it; a place behind the end shows the last line that is not blank. The
 * caret counts bytes of UTF-8, as OPA has it, and leading tabs are left out.
 */
export function sourceLines(text: string, offset: number): string[] {
  let at = Math.max(Math.min(offset, text.length - 1), 0);
  while (at > 0 && isBlank(text.charCodeAt(at))) at -= 1;
  let begin = at;
  while (begin > 0 && !isLineEnd(text.charCodeAt(begin))) begin -= 1;
  if (isLineEnd(text.charCodeAt(begin))) begin += 1;
  let end = at;
  while (end < text.length && !isLineEnd(text.charCodeAt(end))) end += 1;
  const line = text.slice(Math.min(begin, end), end);
  const shown = line.replace(/^\t+/, '');
  // A caret that moved back over blanks stands below the last byte of the character before them.
  const before = utf8Length(text.slice(Math.min(begin, at), at));
  const last = at < offset ? utf8Length(text.slice(at, at + 1)) - 1 : 0;
  const indent = Math.max(before + last - (line.length - shown.length), 0);
  return [shown, `${' '.repeat(indent)}^`];
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}
