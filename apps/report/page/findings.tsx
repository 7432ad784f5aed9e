import { useEffect, useMemo, useRef } from 'preact/hooks';
import { countOf, formatCount, Severity } from './bits.tsx';
import { usePage } from './context.ts';
import { match } from './filter.ts';
import { ActiveFilters, Filters } from './filters.tsx';
import { FindingDetail } from './finding.tsx';
import type { GroupBy } from './groups.ts';
import { FindingList } from './list.tsx';
import { href } from './route.ts';
import { Title } from './title.tsx';

/** Search, filters and the list that they leave. */
export function Findings() {
  const { model, route, narrow } = usePage();
  const { query } = route;
  const matches = useMemo(() => match(model, query), [model, query]);
  const objects = new Set(matches.findings.map((finding) => model.columns.object[finding])).size;
  const results = useRef<HTMLElement>(null);
  const turn = (page: number) => {
    narrow({ ...query, page: String(page) });
    results.current?.focus();
    results.current?.scrollIntoView();
  };
  return (
    <>
      <Title>Findings</Title>
      <div class="columns">
        <Filters bySeverity={matches.bySeverity} />
        <section class="results" aria-labelledby="results" ref={results} tabIndex={-1}>
          <h2 id="results" class="unseen">
            Results
          </h2>
          <ResultCount findings={matches.findings.length} objects={objects} />
          <ActiveFilters />
          {matches.findings.length === 0 ? (
            <p class="empty">Nothing matches.</p>
          ) : (
            <FindingList
              findings={matches.findings}
              by={groupOf(query.by)}
              page={Number.parseInt(query.page ?? '1', 10) || 1}
              onPage={turn}
            />
          )}
        </section>
      </div>
    </>
  );
}

function groupOf(by: string | undefined): GroupBy {
  return by === 'check' || by === 'file' ? by : 'object';
}

/** Told to screen readers whenever it changes, after a pause in typing. */
function ResultCount({ findings, objects }: { findings: number; objects: number }) {
  const said = useRef<HTMLParagraphElement>(null);
  const text = `${countOf(findings, 'finding')} in ${countOf(objects, 'object')}`;
  useEffect(() => {
    const timer = setTimeout(() => {
      if (said.current !== null) said.current.textContent = text;
    }, 400);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <>
      <p class="result-count">{text}</p>
      <p class="unseen" role="status" ref={said} />
    </>
  );
}

/** One finding on a page of its own. */
export function FindingPage() {
  const { model, route } = usePage();
  const finding = model.findingOf(route.id);
  if (finding === undefined)
    return (
      <>
        <Title>No such finding</Title>
        <p>
          It is not in this report: it may be mended, or its object may have moved.{' '}
          <a href={href('findings')}>All findings</a>
        </p>
      </>
    );
  const [, , label] = model.object(finding);
  const rule = model.rule(finding);
  return (
    <>
      <Title>{rule.title}</Title>
      <p class="lead">
        <Severity of={model.severity(finding)} /> <span class="wrap">{model.message(finding)}</span>
      </p>
      <p>
        <a class="wrap" href={href('findings', '', { object: label })}>
          All findings of {label}
        </a>
      </p>
      <FindingDetail finding={finding} />
    </>
  );
}

export function shareOf(part: number, whole: number): string {
  return whole === 0 ? formatCount(part) : `${formatCount(part)} of ${formatCount(whole)}`;
}
