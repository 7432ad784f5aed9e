import type { ControlResult, FrameworkAssessment } from '@keelson/compliance';
import type { Verdict } from '@keelson/evidence';
import { terminalSafe } from './sanitize.ts';
import { type Painter, wrap } from './style.ts';

/** Every control of the frameworks that were asked for, with its verdict and what is left for a person. */
export function frameworkLines(
  frameworks: readonly FrameworkAssessment[],
  paint: Painter,
  width: number,
): string[] {
  return frameworks.flatMap((assessment) => {
    const { framework, controls } = assessment;
    const column = Math.max(...controls.map(({ control }) => control.id.length), 0);
    return [
      paint.bold(terminalSafe(`${framework.title} ${framework.version}`)),
      '',
      ...controls.flatMap((result) => controlLines(result, column, paint, width)),
      '',
      wrap(`${framework.id}: ${countLine(assessment)}`, width, '  ', 0),
      '',
    ];
  });
}

/** `12 pass, 3 fail, 19 manual`. */
export function countLine({ controls, counts }: FrameworkAssessment): string {
  const parts = (['fail', 'pass', 'manual', 'not-applicable'] as const)
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${counts[verdict]} ${verdict}`);
  const noun = controls.length === 1 ? 'control' : 'controls';
  return `${controls.length} ${noun}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}

function controlLines(
  { control, verdict, findings, suppressed, reason }: ControlResult,
  column: number,
  paint: Painter,
  width: number,
): string[] {
  const indent = ' '.repeat(column + 4 + verdictWidth);
  const found = [
    ...(findings > 0 ? [`${findings} finding${findings === 1 ? '' : 's'}`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
  ].join(', ');
  const title = found === '' ? control.title : `${control.title} (${found})`;
  const lines = [
    `  ${control.id.padEnd(column)} ${painted(verdict, paint)} ${wrap(terminalSafe(title), width - indent.length, indent, 0)}`,
  ];
  if (verdict === 'manual' && reason !== undefined)
    lines.push(`${indent}${paint.dim(wrap(terminalSafe(reason), width - indent.length, indent, 0))}`);
  return lines;
}

const shortVerdicts: Readonly<Record<Verdict, string>> = {
  fail: 'fail',
  pass: 'pass',
  manual: 'manual',
  'not-applicable': 'n/a',
};
const verdictWidth = 6;

function painted(verdict: Verdict, paint: Painter): string {
  const word = shortVerdicts[verdict].padEnd(verdictWidth);
  if (verdict === 'fail') return paint.severity('high', word);
  if (verdict === 'pass') return paint.good(word);
  return verdict === 'manual' ? paint.severity('medium', word) : paint.dim(word);
}
