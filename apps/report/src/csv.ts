import type { ControlResult } from '@keelson/compliance';
import type { Fix, Notification } from '@keelson/evidence';
import { type Piece, type PiecedFinding, piecesOf } from './pieces.ts';
import type { ReportedFinding, ScanReport } from './report.ts';
import { controlsText, counted, plainLine, type RuleWords, ruleWordsOf, tellerOf } from './told.ts';

/** A row's cells as they are written, in the order of the columns. `kind` is finding, error, warning, note or control. */
const emptyRow = {
  kind: '',
  state: '',
  severity: '',
  rule: '',
  title: '',
  object: '',
  file: '',
  line: '',
  column: '',
  path: '',
  message: '',
  remediation: '',
  fix: '',
  fixable: '',
  controls: '',
  suppressed: '',
  reason: '',
  references: '',
  fingerprint: '',
};

type Row = typeof emptyRow;

interface Context {
  tell: (text: string) => string;
  /** Cells that are the same in all rows of a check. */
  ruleCells: (rule: Piece) => Pick<Row, 'rule' | 'title' | 'remediation' | 'controls' | 'references'>;
  /** A name of the input, or a message from it. */
  cell: (piece: Piece) => string;
}

/**
 * CSV (RFC 4180): a header, then a row for each finding, for each thing that could not be read or judged, for each control of
 * the frameworks asked for, and, beside an earlier state, for what is resolved or could not be judged again.
 *
 * Every text is quoted and stands on one line. Spreadsheets run a cell that begins with `=`, `+`, `-` or `@`, also after blanks
 * and quotes and in their full-width forms: such a text gets an apostrophe in front, which spreadsheets hide and programs
 * must take off.
 */
export function* csvParts(report: ScanReport): Generator<string> {
  yield `${Object.keys(emptyRow).join(',')}\r\n`;
  const words = ruleWordsOf(report);
  const pieces = piecesOf(report);
  const context: Context = {
    tell: tellerOf(report),
    ruleCells: pieces.forms((rule) => ruleCellsOf(rule, words(rule))),
    cell: pieces.lineForms(textCell),
  };
  for (const item of pieces.findings)
    yield rowText(findingRow(item, context, item.state ?? '', fixableText(item)));
  for (const item of report.notifications) yield rowText(notificationRow(item, context));
  for (const finding of report.comparison?.resolved ?? [])
    yield rowText(findingRow(pieces.finding(finding), context, 'resolved', ''));
  for (const { finding, reason } of report.comparison?.notComparable ?? []) {
    const row = findingRow(pieces.finding(finding), context, 'not-judged-again', '');
    yield rowText({ ...row, reason: textCell(context.tell(reason)) });
  }
  for (const { framework, controls } of report.frameworks)
    for (const result of controls) yield rowText(controlRow(framework.id, result));
}

function fixableText({ fixable, fixableByName }: ReportedFinding): string {
  if (fixable) return 'yes';
  return fixableByName === true ? 'by name' : 'no';
}

function ruleCellsOf(rule: string, { title, remediation, controls, references }: RuleWords) {
  return {
    rule: textCell(plainLine(rule)),
    title: textCell(title),
    remediation: textCell(remediation),
    controls: textCell(controlsText(controls)),
    references: textCell(references.join(' ')),
  };
}

function findingRow(item: PiecedFinding, context: Context, state: string, fixable: string): Row {
  const { tell, cell } = context;
  const { file, path, fixes, suppressions = [] } = item;
  const { rule, title, remediation, controls, references } = context.ruleCells(item.rule);
  return {
    kind: 'finding',
    state,
    severity: item.severity,
    rule,
    title,
    object: cell(item.object),
    file: file === undefined ? '' : cell(file),
    line: `${item.line ?? ''}`,
    column: `${item.column ?? ''}`,
    path: path === undefined ? '' : cell(path),
    message: cell(item.message),
    remediation,
    fix: fixes === undefined ? '' : textCell(fixText(fixes)),
    fixable,
    controls,
    suppressed: item.counts ? 'no' : textCell(suppressions.map(({ kind }) => kind).join(' ')),
    reason:
      suppressions.length === 0 ? '' : textCell(suppressions.map(({ reason }) => tell(reason)).join('; ')),
    references,
    fingerprint: item.fingerprint,
  };
}

/** What `--fix` would do, and what a person must choose first. */
function fixText(fixes: readonly Fix[]): string {
  return fixes
    .map(({ description, choice }) =>
      plainLine(choice === undefined ? description : `${description} (choose: ${choice})`),
    )
    .join('; ');
}

function notificationRow({ level, code, message, location, rule }: Notification, context: Context): Row {
  return {
    ...emptyRow,
    kind: level,
    rule: rule === undefined ? '' : textCell(plainLine(rule)),
    title: textCell(code),
    file: location === undefined ? '' : textCell(plainLine(location.file)),
    line: `${location?.line ?? ''}`,
    column: `${location?.column ?? ''}`,
    message: textCell(context.tell(message)),
  };
}

function controlRow(framework: string, result: ControlResult): Row {
  const { control, verdict, reason, findings, suppressed } = result;
  const found = `${counted(findings, 'finding')}, ${suppressed} suppressed`;
  return {
    ...emptyRow,
    kind: 'control',
    state: verdict,
    title: textCell(plainLine(control.title)),
    message: textCell(reason === undefined ? found : plainLine(reason)),
    controls: textCell(`${framework} ${control.id}`),
  };
}

function rowText(row: Row): string {
  const first = `${row.kind},${row.state},${row.severity},${row.rule},${row.title},${row.object},${row.file}`;
  const where = `${row.line},${row.column},${row.path},${row.message},${row.remediation},${row.fix}`;
  const last = `${row.controls},${row.suppressed},${row.reason},${row.references},${row.fingerprint}`;
  return `${first},${where},${row.fixable},${last}\r\n`;
}

/** A quoted cell, with an apostrophe before what would be a formula. */
function textCell(value: string): string {
  if (value === '') return '';
  const text = formulaStart.test(value) ? `'${value}` : value;
  return `"${text.includes('"') ? text.replaceAll('"', '""') : text}"`;
}

/** Tabs and line ends are gone before; a bar and a percent sign begin formulas of older programs (DDE, Lotus). */
const formulaStart = /^[\s"'`\u200b-\u200d\ufeff]*[=+\-@|%＝＋－＠]/;
