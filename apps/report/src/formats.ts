import type { ScanReport } from './report.ts';

/** Writes a report part by part: a report too large to hold as one text is none too large to write. */
export type ReportWriter = (report: ScanReport) => Iterable<string>;

/** A form in which a report is written for programs and pages; the terminal's is `writeTerminal`. */
export interface ReportFormat {
  /** What it is, in a few words for `--help`. */
  summary: string;
  /** What the writer wants to find in the report beyond what a terminal shows. */
  needs: readonly ReportNeed[];
  /** The writer's module, loaded only when it is asked for. */
  load(): Promise<ReportWriter>;
}

/**
 * `edits`: fixes as text edits. `texts`: the texts of all checks that were asked, not only of those that found something.
 * `frameworks`: an assessment of every framework where the user named none. `network`: who reaches whom.
 */
export type ReportNeed = 'edits' | 'texts' | 'frameworks' | 'network';

/** Every format by the name that `--format` takes. */
export const reportFormats: Readonly<Record<string, ReportFormat>> = Object.freeze({
  html: {
    summary: 'one page for a browser: search, filters, fixes, compliance; works offline and on paper',
    needs: ['edits', 'texts', 'frameworks'],
    load: async () => (await import('./html.ts')).htmlParts,
  },
  json: {
    summary: 'all that is known, for programs (docs/schemas/scan-report.schema.json)',
    needs: ['edits', 'network'],
    load: async () => (await import('./json.ts')).jsonParts,
  },
  sarif: {
    summary: 'SARIF 2.1.0, for code scanning of forges and for editors',
    needs: ['edits'],
    load: async () => (await import('./sarif.ts')).sarifParts,
  },
  openreports: {
    summary: 'openreports.io Report and ClusterReport objects, for kubectl apply and dashboards',
    needs: ['texts'],
    load: async () => (await import('./cluster/openreports.ts')).openReportParts,
  },
  policyreport: {
    summary: 'wgpolicyk8s.io PolicyReport and ClusterPolicyReport objects, for kubectl apply and dashboards',
    needs: ['texts'],
    load: async () => (await import('./cluster/policyreport.ts')).policyReportParts,
  },
  'oscal-results': {
    summary: 'OSCAL 1.2.1 assessment results: observations, risks and a finding for each control',
    needs: ['texts', 'frameworks'],
    load: async () => (await import('./oscal/results.ts')).oscalResultsParts,
  },
  'oscal-poam': {
    summary: 'OSCAL 1.2.1 plan of action and milestones: what is to be done, worst first',
    needs: [],
    load: async () => (await import('./oscal/poam.ts')).oscalPoamParts,
  },
  junit: {
    summary: 'JUnit XML, for the test pages of pipelines',
    needs: ['texts'],
    load: async () => (await import('./junit.ts')).junitParts,
  },
  'gitlab-codequality': {
    summary: 'GitLab Code Quality, for merge requests',
    needs: [],
    load: async () => (await import('./gitlab/code-quality.ts')).gitlabCodeQualityParts,
  },
  'gitlab-sast': {
    summary: 'GitLab security report (SAST), for its vulnerability pages',
    needs: [],
    load: async () => (await import('./gitlab/sast.ts')).gitlabSastParts,
  },
  github: {
    summary: 'GitHub workflow commands: annotations on files',
    needs: [],
    load: async () => (await import('./github.ts')).githubParts,
  },
  csv: {
    summary: 'a row for each finding, for spreadsheets',
    needs: [],
    load: async () => (await import('./csv.ts')).csvParts,
  },
  markdown: {
    summary: 'a summary for comments on pull requests and for job pages',
    needs: [],
    load: async () => (await import('./markdown/markdown.ts')).markdownParts,
  },
  prometheus: {
    summary: 'Prometheus text format: numbers for dashboards and alerts',
    needs: [],
    load: async () => (await import('./prometheus.ts')).prometheusParts,
  },
});
