import type { PageBrief } from '../src/page-data.ts';
import { countOf, formatCount, Severity } from './bits.tsx';
import { usePage } from './context.ts';
import { href } from './route.ts';
import { Title } from './title.tsx';

const listed = 500;

function countStates(states: string): Record<string, number> {
  const counts: Record<string, number> = { n: 0, u: 0, c: 0 };
  for (const letter of states) counts[letter] = (counts[letter] ?? 0) + 1;
  return counts;
}

/** How this run differs from the other state, in four figures. */
export function ComparisonSummary() {
  const { model } = usePage();
  const { comparison } = model.data;
  if (comparison === undefined) return null;
  const counts = countStates(model.columns.state ?? '');
  const list = (state: string) => href('findings', '', { state, exceptions: 'with' });
  const unknown = (counts['c'] ?? 0) + comparison.notComparable.length;
  return (
    <section>
      <h2>
        Since <span class="wrap">{comparison.against}</span>
      </h2>
      <ul class="tiles states">
        <li>
          <a href={list('new')}>
            <strong>{formatCount(counts['n'] ?? 0)}</strong> new
          </a>
        </li>
        <li>
          <a href={href('comparison')}>
            <strong>{formatCount(comparison.resolved.length)}</strong> resolved
          </a>
        </li>
        <li>
          <a href={list('unchanged')}>
            <strong>{formatCount(counts['u'] ?? 0)}</strong> unchanged
          </a>
        </li>
        <li>
          <a href={href('comparison')}>
            <strong>{formatCount(unknown)}</strong> not comparable
          </a>
        </li>
      </ul>
    </section>
  );
}

/** What is gone, and what nobody can compare. */
export function ComparisonPage() {
  const { model } = usePage();
  const { comparison } = model.data;
  if (comparison === undefined) return <Title>Nothing is compared</Title>;
  const counts = countStates(model.columns.state ?? '');
  return (
    <>
      <Title>Compared with {comparison.against}</Title>
      <ComparisonSummary />
      <section>
        <h2>Resolved</h2>
        <Briefs findings={comparison.resolved} none="Nothing was resolved." />
      </section>
      <section>
        <h2>Not comparable</h2>
        <p>
          <a href={href('findings', '', { state: 'not-comparable', exceptions: 'with' })}>
            {countOf(counts['c'] ?? 0, 'finding')} of this run
          </a>{' '}
          may be old or new: the other state could not be judged there.
        </p>
        <Briefs
          findings={comparison.notComparable}
          none="Every finding of the other state was judged again."
        />
      </section>
    </>
  );
}

function Briefs({ findings, none }: { findings: readonly PageBrief[]; none: string }) {
  if (findings.length === 0) return <p>{none}</p>;
  return (
    <>
      <ul class="notices">
        {findings.slice(0, listed).map(({ rule, title, severity, object, message, place, reason }, i) => (
          <li key={`${i} ${rule}`}>
            <p>
              <Severity of={severity} /> <span class="wrap">{message}</span>
            </p>
            <p class="muted wrap">
              {[object, title === rule ? rule : `${title} (${rule})`, place].filter(Boolean).join(' · ')}
            </p>
            {reason === undefined ? null : <p class="wrap">{reason}</p>}
          </li>
        ))}
      </ul>
      {findings.length > listed ? (
        <p>
          The first {listed} of {countOf(findings.length, 'finding')}.
        </p>
      ) : null}
    </>
  );
}
