import type { ScanReport } from '../report.ts';
import { reportObjects } from './reports.ts';

/** Report and ClusterReport of `openreports.io/v1alpha1`, the only version that the API has; see `reports.ts`. */
export function openReportParts(report: ScanReport): Generator<string> {
  return reportObjects(report, {
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'Report',
    clusterKind: 'ClusterReport',
    hasSource: true,
  });
}
