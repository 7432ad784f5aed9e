import type { SensitiveText } from '@keelson/checks';
import type { JsonObject, JsonValue } from '@keelson/core';
import type { Finding, Fix, Notification, PatchOperation } from '@keelson/evidence';
import { redactedExplanation } from './explanation.ts';

/**
 * A finding whose texts from the input are redacted. Names (files, objects, paths, rules) stay: a report whose places
 * lead nowhere is of no use to anybody.
 */
export function redactedFinding(finding: Finding, redact: SensitiveText): Finding {
  const out = { ...finding, message: redact.message(finding.message) };
  if (finding.fixes !== undefined) out.fixes = finding.fixes.map((fix) => redactedFix(fix, redact));
  if (finding.explanation !== undefined) out.explanation = redactedExplanation(finding.explanation, redact);
  // Reasons come from comments and annotations of the input.
  if (finding.suppressions !== undefined)
    out.suppressions = finding.suppressions.map((item) => ({ ...item, reason: redact.message(item.reason) }));
  return out;
}

/** A notification whose message is redacted. */
export function redactedNotification(notification: Notification, redact: SensitiveText): Notification {
  return { ...notification, message: redact.message(notification.message) };
}

function redactedFix(fix: Fix, redact: SensitiveText): Fix {
  return {
    ...fix,
    ...(fix.patch === undefined
      ? {}
      : { patch: fix.patch.map((operation) => redactedOperation(operation, redact)) }),
    ...(fix.objects === undefined
      ? {}
      : { objects: fix.objects.map((object) => plainObject(object, redact)) }),
    ...(fix.edits === undefined
      ? {}
      : { edits: fix.edits.map((edit) => ({ ...edit, text: redact.source(edit.text) })) }),
  };
}

function redactedOperation(operation: PatchOperation, redact: SensitiveText): PatchOperation {
  return operation.value === undefined ? operation : { ...operation, value: plain(operation.value, redact) };
}

/** JSON has no integers of any size: those too big for a double become text. */
function plain(value: JsonValue, redact: SensitiveText): JsonValue {
  if (typeof value === 'string') return redact.source(value);
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map((item) => plain(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return plainObject(value, redact);
}

function plainObject(value: JsonObject, redact: SensitiveText): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, redact)]));
}

/** An array with an item to each line, item by item: as one text it would take many times the memory. */
export function* arrayParts<T>(items: readonly T[], dress: (item: T) => unknown): Generator<string> {
  let lead = '[\n';
  for (const item of items) {
    yield lead + JSON.stringify(dress(item));
    lead = ',\n';
  }
  yield items.length === 0 ? '[]' : '\n]';
}
