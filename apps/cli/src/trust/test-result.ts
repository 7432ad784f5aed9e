import { isObject, JsonFields, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { digestOf, hexOf } from '@keelson/oci';
import { CommandError } from '../errors.ts';

const reportSchema = 'urn:keelson:scan-report:v1';

/** Whether it is what `keelson scan --format json` writes. */
export function isScanReport(object: JsonObject): boolean {
  return object['schema'] === reportSchema;
}

const failing: ReadonlySet<string> = new Set(['critical', 'high']);

/**
 * A report of `keelson scan` as an in-toto test result (in-toto attestation, spec/predicates/test-result.md): each check is a test. A
 * check fails by a finding of severity high or above, as by default in the exit code, and warns by any lesser one. A report with input that
 * could not be read or judged has failed: nothing says that it would have passed; one that left something out warns. The report itself stands beside, as an extension.
 *
 * @throws CommandError USAGE for a report that is not whole
 */
export function testResultOf(report: JsonObject, bytes: Uint8Array, file: string): JsonObject {
  const invalid = (message: string) =>
    new CommandError('USAGE', `${file} is no report of keelson scan: ${message}`);
  const fields = new JsonFields(report, '', { invalid, tooMany: invalid });
  const [failed, warned, passed] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const finding of fields.objects('findings')) {
    const [rule, verdict] = [finding.text('rule'), finding.text('verdict')];
    if (finding.list('suppressions').length > 0 || verdict === 'pass' || verdict === 'not-applicable')
      continue;
    if (verdict === 'fail' && failing.has(finding.text('severity'))) failed.add(rule);
    else warned.add(rule);
  }
  for (const check of fields.objects('checks')) {
    const id = check.text('id');
    if (check.count('errors') > 0) failed.add(id);
    // What failed and is suppressed passes with a warning.
    else if (check.count('failed') > 0) warned.add(id);
    else if (check.count('judged') > 0) passed.add(id);
  }
  if (failed.size + warned.size + passed.size === 0)
    throw new CommandError('USAGE', `${file}: the scan judged nothing, so nothing has passed`);
  const told = fields.objects('notifications');
  const isBroken = told.some((each) => each.text('level') === 'error');
  const isPartial = told.some(
    (each) => each.text('level') === 'warning' || each.text('code') === 'NOT_JUDGED',
  );
  const warnedOnly = [...warned].filter((id) => !failed.has(id));
  const tool = fields.required('tool');
  return objectOf([
    ['result', resultOf(failed.size > 0 || isBroken, warnedOnly.length > 0 || isPartial)],
    ['configuration', [configurationOf(tool, fields, bytes)]],
    ['passedTests', [...passed].filter((id) => !failed.has(id) && !warned.has(id)).sort()],
    ['warnedTests', warnedOnly.sort()],
    ['failedTests', [...failed].sort()],
    // Extensions have names that others hardly take (in-toto attestation, spec/v1/README.md, parsing rules).
    ['keelsonScanReport', report],
  ]);
}

function resultOf(hasFailed: boolean, hasWarned: boolean): string {
  if (hasFailed) return 'FAILED';
  return hasWarned ? 'WARNED' : 'PASSED';
}

function configurationOf(tool: JsonFields, report: JsonFields, bytes: Uint8Array): JsonValue {
  const input = report.value('input');
  const scanned = isObject(input) ? (input['scanned'] ?? []) : [];
  return objectOf([
    ['name', 'keelson scan --format json'],
    ['digest', objectOf([['sha256', hexOf(digestOf(bytes))]])],
    [
      'annotations',
      objectOf([
        ['version', tool.text('version')],
        ['scanned', scanned],
      ]),
    ],
  ]);
}
