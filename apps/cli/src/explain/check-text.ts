import { type CheckDefinition, type CheckExample, exportPolicies, type PathPattern } from '@keelson/checks';
import { formatPath } from '@keelson/core';
import { type Painter, painter, terminalSafe, wrap } from '@keelson/report';
import type { FrameworkCoverage } from '../frameworks.ts';
import { terminalColumns, wantsColour } from '../stdout.ts';

/** A control that a check judges. */
export interface JudgedControl {
  framework: string;
  id: string;
  title: string;
}

/** The controls of all frameworks that a check judges. */
export function controlsOf(id: string, frameworks: readonly FrameworkCoverage[]): JudgedControl[] {
  return frameworks.flatMap(({ framework, coverage }) =>
    coverage
      .filter(({ checks }) => checks.includes(id))
      .map(({ control }) => ({ framework: framework.id, id: control.id, title: control.title })),
  );
}

/** All about a check, for a person: why it matters, how it is judged and mended, and an example of each verdict. */
export function explainCheck(definition: CheckDefinition, controls: readonly JudgedControl[]): string {
  const columns = terminalColumns();
  const paint = painter(wantsColour(columns));
  const width = Math.max(40, Math.min(columns ?? 100, 120));
  const { id, title, severity, category, why, remediation, references, aliases } = definition;
  const others = Object.entries(aliases)
    .filter(([, ids]) => ids.length > 0)
    .map(([tool, ids]) => `${tool}: ${ids.join(', ')}`);
  const parts = [
    `${paint.bold(id)}: ${terminalSafe(title)}`,
    `${paint.severity(severity, severity)}, ${terminalSafe(category)}, ${terminalSafe(elementOf(definition))}`,
    ...section('Why it matters', paragraph(why, width), paint),
    ...section('What to do', paragraph(remediation, width), paint),
    ...section('Mend', fixLines(definition, width), paint),
    ...section('How it is judged', judgeLines(definition), paint),
    ...section('As an admission policy', admissionLines(definition, width), paint),
    ...section(
      'Controls',
      controls.map((control) => `  ${control.framework} ${control.id}  ${control.title}`),
      paint,
    ),
    ...section(
      'The same concern elsewhere',
      others.map((line) => `  ${wrap(line, width - 4, '    ', 0)}`),
      paint,
    ),
    ...section(
      'Read more',
      references.map((link) => `  ${link}`),
      paint,
    ),
    ...exampleSections(definition.examples, paint),
  ];
  return `${parts.map((line) => line.trimEnd()).join('\n')}\n`;
}

function section(title: string, lines: readonly string[], paint: Painter): string[] {
  const safe = lines.flatMap((line) => line.split('\n')).map(terminalSafe);
  return safe.length === 0 ? [] : ['', paint.bold(title), ...safe];
}

function paragraph(text: string, width: number): string[] {
  const words = text.replace(/\s+/g, ' ').trim();
  return words === '' ? [] : [`  ${wrap(words, width - 2, '  ', 0)}`];
}

function elementOf({ judge, target, kinds }: CheckDefinition): string {
  if (judge.type === 'program')
    return target === 'dockerfile' ? 'judges Dockerfiles' : 'judges several objects together';
  const of = kinds.length === 0 ? '' : ` of ${kinds.join(', ')}`;
  return `judges every ${judge.scope}${of}`;
}

function fixLines({ id, fix }: CheckDefinition, width: number): string[] {
  if (fix === undefined) return [];
  const how =
    fix.choice !== undefined
      ? `a person must choose first: ${fix.choice}`
      : `keelson scan --fix${fix.optIn === true ? `=${id}` : ''} does it`;
  return paragraph(`${fix.description}; ${how}.`, width);
}

/** `volumeMounts[*].name` */
function formatPattern(pattern: PathPattern): string {
  const steps = pattern.map((step) => (typeof step === 'object' ? '*' : step));
  return formatPath(steps).replaceAll(/\.?\["?\*"?\]|\.\*/g, '[*]');
}

function judgeLines({ judge }: CheckDefinition): string[] {
  if (judge.type === 'program') return [`  by the program ${judge.program}, for CEL cannot say it`];
  const line = (name: string, text: string | undefined) =>
    text === undefined ? [] : [`  ${name.padEnd(11)} ${text.trim().replaceAll('\n', `\n${' '.repeat(14)}`)}`];
  const each = judge.each === undefined ? undefined : formatPattern(judge.each);
  return [
    ...line('each', each),
    ...line('when', judge.when),
    ...line('must hold', judge.expression),
    ...line(
      'points at',
      judge.point
        .map((path) => formatPath(path))
        .filter((path) => path !== '')
        .join(', ') || undefined,
    ),
  ];
}

function admissionLines(definition: CheckDefinition, width: number): string[] {
  const { refused } = exportPolicies([definition], { as: 'vap' });
  const [refusal] = refused;
  const text =
    refusal === undefined
      ? `keelson checks export --as vap --only ${definition.id}`
      : `none: the check ${refusal.reason}`;
  return paragraph(text, width);
}

function exampleSections(examples: readonly CheckExample[], paint: Painter): string[] {
  const titles = { fail: 'Example that fails', pass: 'Example that passes' } as const;
  return (['fail', 'pass'] as const).flatMap((verdict) => {
    const example = examples.find((item) => item.verdict === verdict);
    const lines = example?.input
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`);
    return section(titles[verdict], lines ?? [], paint);
  });
}
