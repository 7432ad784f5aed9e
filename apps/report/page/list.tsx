import { useState } from 'preact/hooks';
import { countOf, formatCount, Severity, SeverityCounts } from './bits.tsx';
import { usePage } from './context.ts';
import { FindingDetail } from './finding.tsx';
import { countSeverities, type Group, type GroupBy, groupFindings } from './groups.ts';

/** Groups on one page, findings of one group before the rest is asked for, findings on paper. */
const groupsPerPage = 25;
const findingsPerGroup = 6;
const findingsOnPaper = 200;

interface ListProps {
  findings: readonly number[];
  by: GroupBy;
  page: number;
  onPage: (page: number) => void;
}

/** Findings in groups, page by page; on paper all of them up to a bound. */
export function FindingList({ findings, by, page, onPage }: ListProps) {
  const { model, printing } = usePage();
  const groups = groupFindings(model, findings, by);
  if (printing) return <PrintedGroups groups={groups} by={by} total={findings.length} />;
  const pages = Math.max(1, Math.ceil(groups.length / groupsPerPage));
  const current = Math.min(page, pages);
  const shown = groups.slice((current - 1) * groupsPerPage, current * groupsPerPage);
  return (
    <>
      <ol class="groups">
        {shown.map((group) => (
          <li key={`${by} ${group.key}`}>
            <GroupCard group={group} by={by} />
          </li>
        ))}
      </ol>
      {pages > 1 ? <Pager page={current} pages={pages} onPage={onPage} /> : null}
    </>
  );
}

function Pager({ page, pages, onPage }: { page: number; pages: number; onPage: (page: number) => void }) {
  return (
    <nav class="pager" aria-label="Pages of the list">
      <button type="button" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        Previous
      </button>
      <span>
        Page {formatCount(page)} of {formatCount(pages)}
      </span>
      <button type="button" disabled={page >= pages} onClick={() => onPage(page + 1)}>
        Next
      </button>
    </nav>
  );
}

function PrintedGroups({ groups, by, total }: { groups: readonly Group[]; by: GroupBy; total: number }) {
  const shown: Group[] = [];
  let left = findingsOnPaper;
  for (const group of groups) {
    if (left <= 0) break;
    shown.push({ ...group, findings: group.findings.slice(0, left) });
    left -= group.findings.length;
  }
  return (
    <>
      {total > findingsOnPaper ? (
        <p class="bound">
          The first {findingsOnPaper} of {countOf(total, 'finding')}, worst first. Narrow the filters to print
          others.
        </p>
      ) : null}
      {shown.map((group) => (
        <GroupCard group={group} by={by} key={group.key} />
      ))}
    </>
  );
}

function GroupCard({ group, by }: { group: Group; by: GroupBy }) {
  const { model, printing } = usePage();
  const [all, showAll] = useState(false);
  const { findings, title, detail } = group;
  const shown = all || printing ? findings : findings.slice(0, findingsPerGroup);
  const hidden = findings.length - shown.length;
  const file = by === 'file' ? title : by === 'object' ? detail : '';
  return (
    <section class="group">
      <header>
        <h3 class="wrap">{title}</h3>
        {detail === '' ? null : <p class="muted wrap">{detail}</p>}
        <SeverityCounts counts={countSeverities(model, findings)} />
      </header>
      <ul class="findings">
        {shown.map((finding) => (
          <li key={finding}>
            <Row finding={finding} by={by} file={file} />
          </li>
        ))}
      </ul>
      {hidden > 0 ? (
        <button type="button" class="more" onClick={() => showAll(true)}>
          Show {formatCount(hidden)} more<span class="unseen"> in {title}</span>
        </button>
      ) : null}
    </section>
  );
}

const stateNames: Readonly<Record<string, string>> = {
  n: 'new',
  u: 'unchanged',
  c: 'not comparable',
};

interface RowProps {
  finding: number;
  by: GroupBy;
  /** The file that the heading names, if any. */
  file: string;
}

/** A finding in short, which opens to all that is known of it. */
function Row({ finding, by, file }: RowProps) {
  const { model, printing } = usePage();
  const [open, setOpen] = useState(false);
  const place = model.placeOf(finding);
  const isPlaced = place !== undefined && place.line > 0 && place.file === file;
  const facts = [
    ...(by === 'check' ? [] : [model.rule(finding).id]),
    ...(by === 'object' ? [] : [model.object(finding)[2]]),
    ...(place === undefined ? [] : [isPlaced ? `line ${place.line}` : place.text]),
  ];
  return (
    <details class="finding" open={open || printing} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Severity of={model.severity(finding)} />{' '}
        <span class="message">
          <span class="wrap">{model.message(finding)}</span>{' '}
          <span class="facts">
            <span class="muted wrap">{facts.filter((text) => text !== '').join(' · ')}</span>
            <Tags finding={finding} />
          </span>
        </span>
      </summary>
      {open || printing ? (
        <FindingDetail finding={finding} brief={printing} placed={printing && isPlaced} />
      ) : null}
    </details>
  );
}

function Tags({ finding }: { finding: number }) {
  const { model } = usePage();
  const tags = [
    stateNames[model.columns.state?.[finding] ?? ''],
    model.isSuppressed(finding) ? 'suppressed' : undefined,
    model.columns.mend[finding] === '1' ? 'fixable' : undefined,
  ];
  return (
    <>
      {tags.map((tag) =>
        tag === undefined ? null : (
          <span class="tag" key={tag}>
            {tag}
          </span>
        ),
      )}
    </>
  );
}
