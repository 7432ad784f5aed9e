import { useMemo, useState } from 'preact/hooks';
import type { PageRule } from '../src/page-data.ts';
import { countOf, formatCount, Severity, Table } from './bits.tsx';
import { usePage } from './context.ts';
import { match } from './filter.ts';
import { Entry, RuleFacts } from './finding.tsx';
import { FindingList } from './list.tsx';
import { href } from './route.ts';
import { Title } from './title.tsx';

/** Every check that was asked, and what came of it. */
export function Checks() {
  const { model } = usePage();
  const found = useMemo(() => {
    const counts = new Map<number, number>();
    for (const rule of model.columns.rule) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    return counts;
  }, [model]);
  const rules = model.data.rules.map((rule, i) => ({ rule, findings: found.get(i) ?? 0 }));
  const failed = rules.filter(({ findings }) => findings > 0);
  failed.sort((a, b) => a.rule.severity - b.rule.severity || b.findings - a.findings);
  const rest = rules.filter(({ findings }) => findings === 0);
  const passed = rest.filter(({ rule }) => (rule.judged?.[0] ?? 0) > 0);
  const idle = rest.filter(({ rule }) => (rule.judged?.[0] ?? 0) === 0);
  return (
    <>
      <Title>Checks</Title>
      <section>
        <h2>Found something</h2>
        {failed.length === 0 ? (
          <p>None.</p>
        ) : (
          <Table caption={countOf(failed.length, 'check')} head={['Severity', 'Check', 'Findings']}>
            {failed.map(({ rule, findings }) => (
              <tr key={rule.id}>
                <td>
                  <Severity of={rule.severity} />
                </td>
                <th scope="row">
                  <a class="wrap" href={href('check', rule.id)}>
                    {rule.title}
                  </a>
                </th>
                <td data-name="findings">{formatCount(findings)}</td>
              </tr>
            ))}
          </Table>
        )}
      </section>
      <Names title="Found nothing" rules={passed.map(({ rule }) => rule)} />
      <Names title="Had nothing to judge" rules={idle.map(({ rule }) => rule)} />
    </>
  );
}

function Names({ title, rules }: { title: string; rules: readonly PageRule[] }) {
  return (
    <section>
      <h2>{title}</h2>
      <details class="finding">
        <summary>{countOf(rules.length, 'check')}</summary>
        <ul class="plain many">
          {rules.map((rule) => (
            <li key={rule.id}>
              <a class="wrap" href={href('check', rule.id)}>
                {rule.title}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

/** One check: its reason, its mend, and all that it found. */
export function CheckPage() {
  const { model, route } = usePage();
  const [page, setPage] = useState(1);
  const { id } = route;
  const findings = useMemo(() => match(model, { check: id, exceptions: 'with' }).findings, [model, id]);
  const rule = model.data.rules.find((other) => other.id === id);
  if (rule === undefined) return <Title>No such check</Title>;
  const { why = '', remediation = '', judged } = rule;
  return (
    <>
      <Title>{rule.title}</Title>
      <p class="lead">
        <Severity of={rule.severity} /> <code class="wrap">{rule.id}</code>
      </p>
      <dl>
        {why === '' ? null : <Entry name="Why it matters">{why}</Entry>}
        {remediation === '' ? null : <Entry name="What to do">{remediation}</Entry>}
        <RuleFacts rule={rule} />
        {judged === undefined ? null : (
          <Entry name="Judged">
            {countOf(judged[0], 'element')}: {formatCount(judged[1])} failed
            {judged[2] === 0 ? '' : `, ${formatCount(judged[2])} could not be judged`}
          </Entry>
        )}
      </dl>
      <h2>{countOf(findings.length, 'finding')}</h2>
      {findings.length === 0 ? null : (
        <>
          <p>
            <a href={href('findings', '', { check: id })}>Search and filter these</a>
          </p>
          <FindingList findings={findings} by="object" page={page} onPage={setPage} />
        </>
      )}
    </>
  );
}
