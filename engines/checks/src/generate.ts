import { generateCel } from '@keelson/cel';
import { checkEnvironment } from './compile.ts';
import type { CheckDefinition, ExpressionDefinition } from './definition.ts';
import { CheckError } from './errors.ts';

/**
 * Writes checks as a JavaScript module, so that a start pays for no CEL parsing. The module imports the CEL
 * run-time and the programs by the specifiers given and exports `checks`.
 */
export function generateChecks(
  definitions: readonly CheckDefinition[],
  specifiers: { cel: string; programs: string },
): string {
  const usesPrograms = definitions.some((definition) => definition.judge.type === 'program');
  return [
    `import { celRuntime as rt } from ${JSON.stringify(specifiers.cel)};`,
    ...(usesPrograms ? [`import { programs } from ${JSON.stringify(specifiers.programs)};`] : []),
    'export const checks = [',
    ...definitions.map((definition) => `${checkSource(definition)},`),
    '];',
    '',
  ].join('\n');
}

function checkSource(definition: CheckDefinition): string {
  const { id, target, severity, controls, kinds, judge } = definition;
  const head = Object.entries({ id, target, severity, controls, kinds })
    .map(([key, value]) => `${key}: ${literal(value)}`)
    .join(', ');
  const body =
    judge.type === 'program' ? programSource(definition, judge.program) : elementSource(definition, judge);
  return `{ ${head}, judge: { ${body.join(', ')} } }`;
}

function programSource(definition: CheckDefinition, program: string): string[] {
  const params = definition.params === undefined ? [] : [`params: ${literal(definition.params)}`];
  return [`type: 'program'`, `run: programs[${literal(program)}]`, ...params];
}

function elementSource(definition: CheckDefinition, judge: ExpressionDefinition): string[] {
  const { scope, containers, components, each, when, expression, message, text, point, fixWhen } = judge;
  const fields = [`type: 'element'`, `scope: ${literal(scope)}`, `containers: ${literal(containers)}`];
  if (components.length > 0) fields.push(`components: ${literal(components)}`);
  if (each !== undefined) fields.push(`each: ${literal(each)}`);
  if (when !== undefined) fields.push(`when: ${celSource(definition, 'when', when)}`);
  fields.push(`expression: ${celSource(definition, 'expression', expression)}`);
  fields.push(
    message === undefined
      ? `message: ${literal(text ?? definition.title)}`
      : `message: ${celSource(definition, 'message', message)}`,
  );
  fields.push(`point: ${literal(point)}`);
  if (definition.fix !== undefined) fields.push(`fix: ${literal(definition.fix)}`);
  if (fixWhen !== undefined) fields.push(`fixWhen: ${celSource(definition, 'fix.when', fixWhen)}`);
  if (definition.params !== undefined) fields.push(`params: ${literal(definition.params)}`);
  return fields;
}

function celSource(definition: CheckDefinition, field: string, source: string): string {
  try {
    return `(${generateCel(source, checkEnvironment())})(rt)`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CheckError('CHECK_EXPRESSION', `${definition.id}, ${field}: ${reason}`, { cause: error });
  }
}

/** A JavaScript literal of plain data; the two line separators that JSON allows and scripts once did not are escaped. */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
