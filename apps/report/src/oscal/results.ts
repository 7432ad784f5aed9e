import type { ScanReport } from '../report.ts';
import {
  type AssessedControl,
  assessedControls,
  findingJson,
  frameworkResource,
  objectiveJson,
  reviewedControls,
} from './controls.ts';
import { assessmentAssets, listParts, metadataOf, open, type Run, runOf } from './document.ts';
import { observationTexts, passedTexts } from './observations.ts';
import { riskTexts } from './risks.ts';
import { inventoryOf } from './subjects.ts';
import { uuidOf } from './text.ts';
import { countOf, weaknessesOf } from './weaknesses.ts';

/**
 * OSCAL 1.2.1 assessment results, part by part. UUIDs are version 5, so the same report gives the same document.
 *
 * | OSCAL | is |
 * |---|---|
 * | import-ap | a resource of the back matter that says that there was no plan: the element is required |
 * | local-definitions, objectives | the controls of the frameworks, `<framework>_<control>`, since no catalog is imported |
 * | reviewed-controls | a selection for each framework, with counts of verdicts |
 * | inventory-item | an object or file with findings; `asset-id` is its identity |
 * | observation `finding` | a check that found something; each finding is evidence with file, line, message, fingerprint |
 * | observation `control-objective` | a check that judged and found nothing |
 * | observation `discovery` | what could not be read or judged |
 * | observation `historic` | where runs are compared: what is gone, or could not be judged again |
 * | risk | a check that found something: `open`, `deviation-approved` (exceptions), `closed` (gone since the earlier state) |
 * | finding | the verdict on a control: pass is `satisfied`; fail is `not-satisfied`; manual and not-applicable are `not-satisfied`, reason `other` |
 */
export function* oscalResultsParts(report: ScanReport): Generator<string> {
  const run = runOf(report);
  const controls = assessedControls(report);
  yield `{"assessment-results":${open(headOf(run, controls))},"results":[\n`;
  yield* resultParts(run, controls);
  yield '\n]';
  const resources = [planResource(run), ...report.frameworks.map(frameworkResource)];
  yield `,\n"back-matter":${JSON.stringify({ resources })}`;
  yield '}}\n';
}

function headOf(run: Run, controls: readonly AssessedControl[]) {
  return {
    uuid: uuidOf('assessment-results', run.id),
    metadata: metadataOf(run, 'Assessment of Kubernetes configuration'),
    'import-ap': {
      href: `#${planResource(run).uuid}`,
      remarks: 'No assessment plan exists; the resource says how the input was chosen.',
    },
    ...(controls.length === 0
      ? {}
      : { 'local-definitions': { 'objectives-and-methods': controls.map(objectiveJson) } }),
  };
}

function planResource({ report }: Run) {
  return {
    uuid: uuidOf('no-assessment-plan'),
    title: 'Stand-in for an assessment plan',
    description: `No assessment plan was written. Every check that was asked for (${report.input.checks}) judged all of the input that was read.`,
  };
}

function* resultParts(run: Run, controls: readonly AssessedControl[]): Generator<string> {
  const { report } = run;
  const inventory = inventoryOf(report);
  const weaknesses = weaknessesOf(report);
  const observed = new Set(
    [...report.statistics].flatMap(([rule, { judged, failed, errors }]) =>
      judged > 0 && failed === 0 && errors === 0 ? [rule] : [],
    ),
  );
  for (const { rule } of weaknesses) observed.add(rule);
  const byRule = new Map(weaknesses.map((weakness) => [weakness.rule, weakness]));
  yield open({
    uuid: uuidOf('result', run.id),
    title: `Scan by ${report.tool.name} ${report.tool.version}`,
    description: `${countOf(report.findings.length, 'finding')} of ${countOf(weaknesses.length, 'check')} in ${countOf(report.input.objects, 'object')} and ${countOf(report.input.dockerfiles, 'Dockerfile')}.`,
    start: report.time,
    end: endOf(report),
    'reviewed-controls': reviewedControls(report, controls),
  });
  yield `,\n"local-definitions":${open({ 'assessment-assets': assessmentAssets(run) })}`;
  yield* listParts('inventory-items', inventory.values(), ({ json }) => [json]);
  yield '}';
  const passed = passedTexts(run).map((text) => [text]);
  yield* listParts('observations', [...observationTexts(report), ...passed], (parts) => parts);
  yield* listParts('risks', riskTexts(report), (text) => [text]);
  yield* listParts('findings', controls.map(findingJson(run, byRule, observed)));
  yield '}';
}

/** When the run ended, in whole seconds; where no duration is told, when it began. */
function endOf({ time, input }: ScanReport): string {
  const end = new Date(Date.parse(time) + Math.ceil(input.seconds ?? 0) * 1000);
  return end.toISOString().replace('.000Z', 'Z');
}
