import type { FrameworkAssessment } from '@keelson/compliance';
import { counted, plainLine } from '../told.ts';
import { boundedLines } from './findings.ts';
import { codeSpan, escapeMarkdown } from './text.ts';

/** A row for each framework. */
export function frameworkTable(frameworks: readonly FrameworkAssessment[]): string {
  if (frameworks.length === 0) return '';
  const rows = frameworks.map(({ framework, counts }) => {
    const name = escapeMarkdown(plainLine(`${framework.title} ${framework.version}`));
    return `| ${name} | ${counts.fail} | ${counts.pass} | ${counts.manual} | ${counts['not-applicable']} |\n`;
  });
  return `| framework | failed | passed | for a person to judge | not applicable |\n|---|---:|---:|---:|---:|\n${rows.join('')}\n`;
}

/** The controls that failed, folded away, in about `bytes`. */
export function failedControls(frameworks: readonly FrameworkAssessment[], bytes: number): string {
  const failed = frameworks.flatMap(({ framework, controls }) =>
    controls.filter(({ verdict }) => verdict === 'fail').map((result) => ({ id: framework.id, ...result })),
  );
  const lines = boundedLines(
    failed,
    ({ id, control, findings, suppressed }) => {
      const passed = suppressed === 0 ? '' : `, ${suppressed} suppressed`;
      const name = codeSpan(plainLine(`${id} ${control.id}`));
      return `- ${name} ${escapeMarkdown(plainLine(control.title))}: ${counted(findings, 'finding')}${passed}\n`;
    },
    bytes,
  );
  if (lines === '') return '';
  return `<details><summary>Failed: ${counted(failed.length, 'control')}</summary>\n\n${lines}\n</details>\n`;
}
