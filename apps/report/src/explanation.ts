import type { SensitiveText } from '@keelson/checks';
import type { FindingExplanation, FindingRead } from '@keelson/evidence';

/** An explanation whose values from the input are redacted. Places and names stay. */
export function redactedExplanation(
  explanation: FindingExplanation,
  { source }: SensitiveText,
): FindingExplanation {
  const reads = explanation.reads.map((read) =>
    typeof read.value === 'string' ? { ...read, value: source(read.value) } : read,
  );
  return { ...explanation, reads };
}

/** `main.rego:7 (data.main.deny)` */
export function policyPlace({ rule, location }: FindingExplanation): string {
  if (location === undefined) return rule;
  const { file, line } = location;
  return `${file}${line === undefined ? '' : `:${line}`} (${rule})`;
}

const maxShownReads = 3;
const maxShownText = 60;

/** `input.kind is "Service", input.spec.type is "LoadBalancer"`, of a redacted explanation. */
export function readsText({ reads }: FindingExplanation): string {
  const shown = reads.slice(0, maxShownReads).map(readText);
  const more = reads.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

function readText({ path, value, missing }: FindingRead): string {
  if (missing === true) return `${path} is not there`;
  if (value === undefined) return path;
  const text = JSON.stringify(value);
  return `${path} is ${text.length > maxShownText ? `${text.slice(0, maxShownText)}…` : text}`;
}
