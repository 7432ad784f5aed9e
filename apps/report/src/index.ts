export { jsonParts, summarize, writeJson } from './json.ts';
export {
  counts,
  type InputSummary,
  type ReportedFinding,
  type ScanReport,
  type SuppressionSummary,
} from './report.ts';
export { terminalSafe } from './sanitize.ts';
export { sarifParts, writeSarif } from './sarif.ts';
export { type TerminalOptions, writeTerminal } from './terminal.ts';
