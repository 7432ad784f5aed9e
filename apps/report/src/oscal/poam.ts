import type { ScanReport } from '../report.ts';
import { assessmentAssets, listParts, metadataOf, open, property, type Run, runOf } from './document.ts';
import { gapUuid, observationTexts, observationUuid, resolvedUuid } from './observations.ts';
import { riskTexts, riskUuid } from './risks.ts';
import { inventoryOf } from './subjects.ts';
import { markup, namespaceUri, prose, token, uuidOf } from './text.ts';
import { countOf, gapsOf, type Weakness, weaknessesOf } from './weaknesses.ts';

/**
 * OSCAL 1.2.1 plan of action and milestones, part by part: what is to be done, worst first. Observations and risks are
 * those of `results.ts`, with the same UUIDs.
 *
 * | POA&M item | is |
 * |---|---|
 * | of a check | open findings: those that count, and those that a baseline sets aside; what exceptions accept has a risk `deviation-approved` and no item |
 * | of a gap | errors and warnings: what could not be read or judged must be mended before anything is known of it |
 * | of a closed risk | where runs are compared: what is gone |
 * | the only one | where nothing is to be done: the schema wants an item |
 */
export function* oscalPoamParts(report: ScanReport): Generator<string> {
  const run = runOf(report);
  const inventory = inventoryOf(report);
  const weaknesses = weaknessesOf(report);
  const head = open({
    uuid: uuidOf('plan-of-action-and-milestones', run.id),
    metadata: metadataOf(run, 'Plan of action for Kubernetes configuration'),
    'system-id': systemId(inventory.keys()),
  });
  yield `{"plan-of-action-and-milestones":${head}`;
  yield `,\n"local-definitions":${open({ 'assessment-assets': assessmentAssets(run) })}`;
  yield* listParts('inventory-items', inventory.values(), ({ json }) => [json]);
  yield '}';
  yield* listParts('observations', observationTexts(report), (parts) => parts);
  yield* listParts('risks', riskTexts(report), (text) => [text]);
  yield* listParts('poam-items', itemsOf(run, weaknesses));
  yield '}}\n';
}

/** A cluster names itself; files do not say which system they are for. */
function systemId(subjects: Iterable<string>) {
  const clusters = new Set<string>();
  for (const subject of subjects) {
    const cluster = /^k8s:(?!source:)([^/]+)\//.exec(subject)?.[1];
    if (cluster !== undefined) clusters.add(cluster);
  }
  const [cluster] = clusters;
  const id = clusters.size === 1 && cluster !== undefined ? cluster : 'unnamed-system';
  return { 'identifier-type': namespaceUri, id };
}

function itemsOf(run: Run, weaknesses: readonly Weakness[]): object[] {
  const items = [
    ...weaknesses.filter(({ open: left }) => left.length > 0).map((weakness) => weaknessItem(run, weakness)),
    ...gapItems(run),
    ...closedItems(run),
  ];
  return items.length > 0 ? items : [emptyItem(run)];
}

function weaknessItem(run: Run, { rule, text, title, severity, open: left }: Weakness) {
  const controls = Object.entries(text?.controls ?? {}).flatMap(([framework, ids]) =>
    ids.map((id) => ({ ...property('control', id), class: token(framework) })),
  );
  const remediation = prose(text?.remediation ?? '');
  return {
    uuid: uuidOf('poam-item', rule),
    title: markup(title),
    description: [`${countOf(left.length, 'finding')} to mend.`, remediation]
      .filter((part) => part !== '')
      .join('\n\n'),
    props: [property('check', rule), property('severity', severity), ...controls],
    origins: [run.origin],
    'related-observations': [{ 'observation-uuid': observationUuid(run, rule) }],
    'related-risks': [{ 'risk-uuid': riskUuid(rule, 'open') }],
  };
}

function gapItems(run: Run): object[] {
  return gapsOf(run.report.notifications).flatMap((notifications) => {
    const [first] = notifications;
    if (first === undefined || first.level === 'note') return [];
    return {
      uuid: uuidOf('poam-item', 'gap', first.level, first.code, first.rule ?? ''),
      title: `Make judgeable: ${markup(first.code)}`,
      description: `${countOf(notifications.length, 'place')} of the input could not be read or judged; until that is mended nothing is known of it.`,
      props: [property('code', first.code), property('level', first.level)],
      origins: [run.origin],
      'related-observations': [{ 'observation-uuid': gapUuid(run, first) }],
    };
  });
}

function closedItems(run: Run): object[] {
  const { comparison, texts } = run.report;
  return [...new Set((comparison?.resolved ?? []).map(({ rule }) => rule))].map((rule) => ({
    uuid: uuidOf('poam-item', 'closed', rule),
    title: markup(texts.get(rule)?.title ?? rule),
    description: `Done: gone since ${markup(comparison?.against ?? '')}.`,
    props: [property('check', rule), property('state', 'resolved')],
    origins: [run.origin],
    'related-observations': [{ 'observation-uuid': resolvedUuid(run, rule) }],
    'related-risks': [{ 'risk-uuid': riskUuid(rule, 'closed') }],
  }));
}

function emptyItem(run: Run) {
  return {
    uuid: uuidOf('poam-item', 'nothing'),
    title: 'Nothing to be done',
    description: 'This run found no weakness that is open.',
    origins: [run.origin],
  };
}
