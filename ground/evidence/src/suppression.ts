import { canonicalText } from './canonical.ts';
import type { Finding, Suppression } from './finding.ts';
import { expiryOf } from './time.ts';

/**
 * True when a suppression no longer counts; one that expires on a day holds through that day, in UTC. Throws
 * `EVIDENCE_TIME` for an expiry that is neither a date nor a time.
 */
export function isExpired(suppression: Suppression, at: Date): boolean {
  return suppression.expires !== undefined && expiryOf(suppression.expires) < at.getTime();
}

/** The finding with a suppression more. Nothing else changes, the verdict least of all (SARIF 2.1.0, 3.27.23). */
export function suppress(finding: Finding, suppression: Suppression): Finding {
  const present = finding.suppressions ?? [];
  const text = canonicalText(suppression);
  if (present.some((other) => canonicalText(other) === text)) return finding;
  return { ...finding, suppressions: [...present, suppression] };
}

/** True when at least one suppression with a reason counts at a time. Throws as `isExpired`. */
export function isSuppressed(finding: Finding, at: Date): boolean {
  return (finding.suppressions ?? []).some((item) => item.reason.trim() !== '' && !isExpired(item, at));
}
