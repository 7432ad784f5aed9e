export {
  type ControlReferences,
  type Finding,
  type FindingLocation,
  type Fix,
  type Notification,
  type PatchOperation,
  type Severity,
  type Suppression,
  severities,
  type TextEdit,
  type Verdict,
} from './finding.ts';
export { type FingerprintParts, fingerprint } from './fingerprint.ts';
