import type { ScanReport } from '../report.ts';
import { reportObjects } from './reports.ts';

/**
 * PolicyReport and ClusterPolicyReport of `wgpolicyk8s.io/v1alpha2`; see `reports.ts`. v1beta1 is newer and stored by
 * newer CRDs, but Kyverno's CRDs serve v1alpha2 at most and policy-reporter reads that one only; every published CRD
 * serves it, and nothing that a scan has to say is missing from it.
 */
export function policyReportParts(report: ScanReport): Generator<string> {
  return reportObjects(report, {
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    kind: 'PolicyReport',
    clusterKind: 'ClusterPolicyReport',
    hasSource: false,
  });
}
