export { type ReportFormat, type ReportNeed, type ReportWriter, reportFormats } from './formats.ts';
export { jsonParts, summarize, writeJson } from './json.ts';
export {
  type Comparison,
  counts,
  type FindingState,
  type InputSummary,
  type NetworkEvidence,
  type ReportedFinding,
  type ScanReport,
  type SuppressionSummary,
} from './report.ts';
export { terminalSafe } from './sanitize.ts';
export { sarifParts, writeSarif } from './sarif.ts';
export { type Painter, painter, wrap } from './style.ts';
export { type TerminalOptions, writeTerminal } from './terminal.ts';
