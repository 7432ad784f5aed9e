import { shared } from '../told.ts';
import { judgedParts, property, type Run, runOf } from './document.ts';
import { observationUuid, resolvedUuid } from './observations.ts';
import { markup, namespaceUri, pageReference, prose, uuidOf } from './text.ts';
import { countOf, type Weakness, weaknessesOf } from './weaknesses.ts';

/**
 * What a weakness may lead to, and what is thought of it. `open` while anybody has yet to mend or accept it;
 * `deviation-approved` for what exceptions accept; `closed` for what an earlier state had. Keys are stable, so the same
 * weakness keeps its UUID from run to run.
 */
export type RiskStatus = 'open' | 'deviation-approved' | 'closed';

export function riskUuid(rule: string, status: RiskStatus): string {
  return uuidOf('risk', rule, status);
}

/** The risks of a run as JSON. Both kinds of document have them. */
export const riskTexts = shared(judgedParts, (report): readonly string[] => {
  const run = runOf(report);
  const risks = weaknessesOf(report).flatMap((weakness) => risksOf(run, weakness));
  return [...risks, ...closedRisks(run)].map((risk) => JSON.stringify(risk));
});

/** The risks that a weakness has in this run. */
function risksOf(run: Run, weakness: Weakness): object[] {
  const { open, accepted } = weakness;
  return [
    ...(open.length > 0 ? [riskOf(run, weakness, 'open')] : []),
    ...(accepted.length > 0 ? [riskOf(run, weakness, 'deviation-approved')] : []),
  ];
}

function riskOf(run: Run, weakness: Weakness, status: 'open' | 'deviation-approved') {
  const { rule, text, title, severity, open, accepted } = weakness;
  const isOpen = status === 'open';
  const known = open.filter(({ suppressions = [] }) => suppressions.length > 0).length;
  const words = isOpen
    ? `${countOf(open.length, 'finding')} to mend${known === 0 ? '' : `, ${known} of them set aside by a baseline`}.`
    : `${countOf(accepted.length, 'finding')} accepted by exceptions; the evidence of the observation tells the reasons.`;
  const why = prose(text?.why ?? '');
  return {
    uuid: riskUuid(rule, status),
    title: markup(title),
    description: words,
    statement: why === '' ? markup(title) : why,
    props: [property('check', rule), property('severity', severity)],
    status,
    origins: [run.origin],
    characterizations: [
      { origin: run.origin, facets: [{ name: 'severity', system: namespaceUri, value: severity }] },
    ],
    ...(isOpen ? remediationsOf(run, weakness) : {}),
    'related-observations': [{ 'observation-uuid': observationUuid(run, rule) }],
  };
}

/** What the check says is to be done: a recommendation, until an owner plans it. */
function remediationsOf(run: Run, { rule, text, title }: Weakness) {
  if (text === undefined || text.remediation === '') return {};
  const links = text.references.flatMap((reference) => {
    const href = pageReference(reference);
    return href === undefined ? [] : [{ href, rel: 'reference' }];
  });
  return {
    remediations: [
      {
        uuid: uuidOf('remediation', rule),
        lifecycle: 'recommendation',
        title: `Mend: ${markup(title)}`,
        description: prose(text.remediation),
        ...(links.length === 0 ? {} : { links }),
        origins: [run.origin],
      },
    ],
  };
}

/** Risks of an earlier state that are gone. */
function closedRisks(run: Run): object[] {
  const { comparison, texts } = run.report;
  const resolved = Map.groupBy(comparison?.resolved ?? [], ({ rule }) => rule);
  return [...resolved].map(([rule, findings]) => {
    const title = markup(texts.get(rule)?.title ?? rule);
    const why = prose(texts.get(rule)?.why ?? '');
    return {
      uuid: riskUuid(rule, 'closed'),
      title,
      description: `Gone since ${markup(comparison?.against ?? '')}: ${countOf(findings.length, 'finding')}.`,
      statement: why === '' ? title : why,
      props: [property('check', rule), property('severity', findings[0]?.severity ?? 'info')],
      status: 'closed',
      origins: [run.origin],
      'related-observations': [{ 'observation-uuid': resolvedUuid(run, rule) }],
    };
  });
}
