import { useMemo } from 'preact/hooks';
import { countOf, formatCount, Severity, SeverityCounts, Table } from './bits.tsx';
import { ComparisonSummary } from './comparison.tsx';
import { FrameworkTable } from './compliance.tsx';
import { usePage } from './context.ts';
import { shareOf } from './findings.tsx';
import { countSeverities, groupFindings } from './groups.ts';
import { FindingList } from './list.tsx';
import { type Model, severityNames } from './model.ts';
import { NoticeList } from './notices.tsx';
import { href } from './route.ts';
import { RunFacts } from './run.tsx';
import { Title } from './title.tsx';

const rows = 10;

/** The first look: what is wrong, how bad, where, and what to do first. */
export function Overview() {
  const { model, printing } = usePage();
  const { data } = model;
  const active = useMemo(() => activeOf(model), [model]);
  const errors = data.notices.filter(({ level }) => level === 'error').length;
  return (
    <>
      <Title>Security report</Title>
      {data.scanned.length === 0 ? null : <p class="muted wrap">{data.scanned.join(', ')}</p>}
      <p class="lead">{verdictOf(model, active)}</p>
      {errors === 0 ? null : (
        <p class="warning">
          <strong>Not everything was judged:</strong> {countOf(errors, 'error')}, and what they hide is in no
          figure here. <a href={href('not-judged')}>What could not be judged</a>
        </p>
      )}
      <SeverityTiles model={model} active={active} />
      {data.comparison === undefined ? null : <ComparisonSummary />}
      {active.length === 0 ? null : <First model={model} active={active} />}
      {active.length === 0 ? null : <Objects model={model} active={active} />}
      {data.frameworks.length === 0 ? null : (
        <section>
          <h2>Compliance</h2>
          <FrameworkTable />
        </section>
      )}
      {data.notices.length === 0 ? null : (
        <section>
          <h2>What could not be judged</h2>
          <NoticeList notices={data.notices.slice(0, 5)} />
          {data.notices.length > 5 ? (
            <p class="links">
              <a href={href('not-judged')}>All {formatCount(data.notices.length)}</a>
            </p>
          ) : null}
        </section>
      )}
      <RunFacts />
      {printing ? <Printed model={model} active={active} /> : null}
    </>
  );
}

/** What paper gets behind the first look: what reaches the threshold, or all where nothing does. */
function Printed({ model, active }: { model: Model; active: readonly number[] }) {
  const limit = severityNames.findIndex((name) => name.toLowerCase() === model.data.failOn);
  const grave = active.filter((finding) => model.severity(finding) <= limit);
  const listed = grave.length === 0 ? active : grave;
  if (listed.length === 0) return null;
  return (
    <section class="new-page">
      <h2>
        Findings
        {listed === grave ? ` of severity ${model.data.failOn}${limit === 0 ? '' : ' and above'}` : ''}
      </h2>
      <FindingList findings={listed} by="object" page={1} onPage={() => {}} />
      {listed.length < active.length ? (
        <p>
          {countOf(active.length - listed.length, 'finding')} of lower severity: print them from the view
          Findings.
        </p>
      ) : null}
    </section>
  );
}

function activeOf(model: Model): number[] {
  const active: number[] = [];
  for (let i = 0; i < model.size; i++) if (!model.isSuppressed(i)) active.push(i);
  return active;
}

function objectsOf(model: Model, findings: readonly number[]): number {
  return new Set(findings.map((finding) => model.columns.object[finding])).size;
}

/** One sentence for the reader who reads no more. */
function verdictOf(model: Model, active: readonly number[]): string {
  const { input, failOn } = model.data;
  const judged = [
    input.objects > 0 || input.dockerfiles === 0 ? countOf(input.objects, 'object') : '',
    input.dockerfiles > 0 ? countOf(input.dockerfiles, 'Dockerfile') : '',
  ]
    .filter((text) => text !== '')
    .join(' and ');
  if (active.length === 0) return `${judged} judged, nothing found.`;
  const limit = severityNames.findIndex((name) => name.toLowerCase() === failOn);
  // Findings may speak of other things than were judged: of an exception that nothing needs.
  const places = objectsOf(model, active);
  const within = places > input.objects + input.dockerfiles ? judged : `${formatCount(places)} of ${judged}`;
  const found = `${countOf(active.length, 'finding')} in ${within}`;
  if (limit < 0) return `${found}.`;
  const grave = active.filter((finding) => model.severity(finding) <= limit).length;
  return `${found}; ${formatCount(grave)} ${grave === 1 ? 'is' : 'are'} of severity ${failOn}${limit === 0 ? '' : ' or above'}.`;
}

function SeverityTiles({ model, active }: { model: Model; active: readonly number[] }) {
  const counts = countSeverities(model, active);
  return (
    <ul class="tiles">
      {severityNames.map((name, i) => (
        <li key={name}>
          <a href={href('findings', '', { severity: name.toLowerCase() })}>
            <strong>{formatCount(counts[i] ?? 0)}</strong> <Severity of={i} />
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Checks by severity and spread: mending the first ones mends most of what is grave. */
function First({ model, active }: { model: Model; active: readonly number[] }) {
  const groups = groupFindings(model, active, 'check');
  return (
    <section>
      <h2>What to mend first</h2>
      <Table
        caption="Checks, gravest and most frequent first"
        head={['Severity', 'Check', 'Findings', 'Objects', 'Mended by --fix']}
      >
        {groups.slice(0, rows).map(({ key, title, findings }) => {
          return (
            <tr key={key}>
              <td>
                <Severity of={Math.min(...findings.map((finding) => model.severity(finding)))} />
              </td>
              <th scope="row">
                <a class="wrap" href={href('check', key)}>
                  {title}
                </a>
              </th>
              <td data-name="findings">{formatCount(findings.length)}</td>
              <td data-name="objects">{formatCount(objectsOf(model, findings))}</td>
              <td data-name="mended by --fix">{mendedText(model, findings)}</td>
            </tr>
          );
        })}
      </Table>
      <p class="links">
        <a href={href('findings', '', { by: 'check' })}>All findings by check</a>
      </p>
    </section>
  );
}

/** How many `--fix` mends; where it wants the check by name, that. */
function mendedText(model: Model, findings: readonly number[]): string {
  const by = (digit: string) => findings.filter((finding) => model.columns.mend[finding] === digit).length;
  const mended = by('1');
  if (mended > 0) return shareOf(mended, findings.length);
  return by('2') > 0 ? 'when named' : 'none';
}

function Objects({ model, active }: { model: Model; active: readonly number[] }) {
  const groups = groupFindings(model, active, 'object').map((group) => ({
    ...group,
    counts: countSeverities(model, group.findings),
  }));
  groups.sort((a, b) => {
    for (let i = 0; i < severityNames.length; i++) {
      const difference = (b.counts[i] ?? 0) - (a.counts[i] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return (
    <section>
      <h2>Objects most at risk</h2>
      <Table caption="Objects with the gravest findings" head={['Object', 'File', 'Findings']}>
        {groups.slice(0, rows).map(({ key, title, detail, counts }) => (
          <tr key={key}>
            <th scope="row">
              <a class="wrap" href={href('findings', '', { object: title })}>
                {title}
              </a>
            </th>
            <td class="wrap muted">{detail}</td>
            <td>
              <SeverityCounts counts={counts} />
            </td>
          </tr>
        ))}
      </Table>
      <p class="links">
        <a href={href('findings')}>All findings by object</a>
      </p>
    </section>
  );
}
