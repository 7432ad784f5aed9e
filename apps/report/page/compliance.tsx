import { useEffect, useState } from 'preact/hooks';
import type { PageControl, PageFramework, PageVerdict } from '../src/page-data.ts';
import { countOf, formatCount, OutLink, Table, Verdict, verdictName } from './bits.tsx';
import { usePage } from './context.ts';
import { Entry } from './finding.tsx';
import { href } from './route.ts';
import { Title } from './title.tsx';

const verdicts = ['fail', 'manual', 'pass', 'not-applicable'] as const;

function countVerdicts({ controls }: PageFramework): Record<PageVerdict, number> {
  const counts = { fail: 0, manual: 0, pass: 0, 'not-applicable': 0 };
  for (const { verdict } of controls) counts[verdict]++;
  return counts;
}

function nameOf({ title, version }: PageFramework): string {
  return title.includes(version) ? title : `${title} ${version}`;
}

/** Every framework with its controls counted by verdict. */
export function FrameworkTable() {
  const { model } = usePage();
  return (
    <Table caption="Controls by verdict" head={['Framework', ...verdicts.map(verdictName)]}>
      {model.data.frameworks.map((framework) => {
        const counts = countVerdicts(framework);
        return (
          <tr key={framework.id}>
            <th scope="row">
              <a class="wrap" href={href('framework', framework.id)}>
                {nameOf(framework)}
              </a>
              <Bar counts={counts} />
            </th>
            {verdicts.map((verdict) => (
              <td key={verdict} data-name={verdictName(verdict).toLowerCase()}>
                {formatCount(counts[verdict])}
              </td>
            ))}
          </tr>
        );
      })}
    </Table>
  );
}

/** The figures beside it drawn; it says nothing that they do not say. */
function Bar({ counts }: { counts: Readonly<Record<PageVerdict, number>> }) {
  return (
    <span class="bar" aria-hidden="true">
      {verdicts.map((verdict) =>
        counts[verdict] === 0 ? null : (
          <span class={`verdict-${verdict}`} style={{ flexGrow: counts[verdict] }} key={verdict} />
        ),
      )}
    </span>
  );
}

export function Compliance() {
  const { model } = usePage();
  return (
    <>
      <Title>Compliance</Title>
      {model.data.frameworks.length === 0 ? (
        <p>No framework was asked for.</p>
      ) : (
        <>
          <p>
            A control passes only when all its checks ran and nothing is left for a person. Exceptions never
            change a verdict.
          </p>
          <FrameworkTable />
        </>
      )}
    </>
  );
}

/** A framework, or a control of it, which is then open and in view. */
export function FrameworkPage() {
  const { model, route, printing } = usePage();
  const [hidden, setHidden] = useState<ReadonlySet<PageVerdict>>(new Set());
  const slash = route.id.indexOf('/');
  const control = route.view === 'control' && slash >= 0 ? route.id.slice(slash + 1) : undefined;
  const id = control === undefined ? route.id : route.id.slice(0, slash);
  const framework = model.data.frameworks.find((other) => other.id === id);
  if (framework === undefined) return <Title>No such framework</Title>;
  const counts = countVerdicts(framework);
  const shown = framework.controls.filter(
    (item) => printing || item.id === control || !hidden.has(item.verdict),
  );
  const toggle = (verdict: PageVerdict) => {
    const next = new Set(hidden);
    if (!next.delete(verdict)) next.add(verdict);
    setHidden(next);
  };
  return (
    <>
      <Title>{nameOf(framework)}</Title>
      <p>
        {countOf(framework.controls.length, 'control')}. Published by {framework.publisher}:{' '}
        <OutLink to={framework.reference} />. The words here are keelson's own.
      </p>
      <fieldset class="verdicts">
        <legend>Verdicts shown</legend>
        {verdicts.map((verdict) => (
          <label class="box" key={verdict}>
            <input type="checkbox" checked={!hidden.has(verdict)} onChange={() => toggle(verdict)} />
            <Verdict of={verdict} />
            <span class="number">{formatCount(counts[verdict])}</span>
          </label>
        ))}
      </fieldset>
      <p class="unseen" role="status">
        {countOf(shown.length, 'control')} shown
      </p>
      {sectionsOf(framework, shown).map(({ key, title, controls }) => (
        <section key={key}>
          <h2 class="wrap">{title}</h2>
          <ul class="findings framed">
            {controls.map((item) => (
              <li key={item.id}>
                <ControlRow framework={framework.id} control={item} linked={item.id === control} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

/** Controls under the framework's own sections, in its order. */
function sectionsOf(framework: PageFramework, shown: readonly PageControl[]) {
  const titles = new Map(framework.groups.map(({ id, title }) => [id, `${id} ${title}`]));
  return [...Map.groupBy(shown, ({ group }) => group ?? '')].map(([key, controls]) => ({
    key,
    title: titles.get(key) ?? (key === '' ? 'Controls' : key),
    controls,
  }));
}

interface ControlRowProps {
  framework: string;
  control: PageControl;
  linked: boolean;
}

function ControlRow({ framework, control, linked }: ControlRowProps) {
  const { printing } = usePage();
  const [open, setOpen] = useState(linked);
  const id = `control-${control.id}`;
  useEffect(() => {
    if (!linked) return;
    setOpen(true);
    const summary = document.getElementById(id)?.querySelector('summary');
    summary?.scrollIntoView({ block: 'center' });
    summary?.focus({ preventScroll: true });
  }, [linked, id]);
  return (
    <details
      class="finding"
      id={id}
      open={open || printing}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <Verdict of={control.verdict} />{' '}
        <span class="message">
          <span class="wrap">
            {control.id} {control.title}
          </span>{' '}
          <span class="muted">{tallyOf(control)}</span>
        </span>
      </summary>
      {open || printing ? <ControlDetail framework={framework} control={control} /> : null}
    </details>
  );
}

function tallyOf({ findings, suppressed }: PageControl): string {
  const parts = [
    ...(findings === 0 ? [] : [countOf(findings, 'finding')]),
    ...(suppressed === 0 ? [] : [`${formatCount(suppressed)} suppressed`]),
  ];
  return parts.join(', ');
}

function ControlDetail({ framework, control }: { framework: string; control: PageControl }) {
  const { model } = usePage();
  const { reason, manual, checks, failed, findings, suppressed, id } = control;
  const collect = manual === reason ? undefined : manual;
  return (
    <div class="detail">
      <dl>
        {reason === undefined ? null : (
          <Entry name={control.verdict === 'manual' && manual === reason ? 'What to collect' : 'Why'}>
            {reason}
          </Entry>
        )}
        {collect === undefined ? null : <Entry name="What to collect">{collect}</Entry>}
        <Entry name="Checks">
          {checks.length === 0 ? (
            'none'
          ) : (
            <ul class="plain">
              {checks.map((index) => {
                const rule = model.data.rules[index];
                return rule === undefined ? null : (
                  <li key={rule.id}>
                    <a class="wrap" href={href('check', rule.id)}>
                      {rule.title}
                    </a>{' '}
                    <span class="muted">
                      {failed.includes(index) ? 'found something' : resultOf(rule.judged)}
                    </span>
                  </li>
                );
              })}
            </ul>
          )}
        </Entry>
      </dl>
      <p class="links">
        {findings + suppressed === 0 ? null : (
          <a
            href={href('findings', '', {
              framework,
              control: id,
              ...(findings === 0 ? { exceptions: 'with' } : {}),
            })}
          >
            Findings of {id}
          </a>
        )}
        <a href={href('control', `${framework}/${id}`)}>Link to {id}</a>
      </p>
    </div>
  );
}

function resultOf(judged: readonly [number, number, number] | undefined): string {
  if (judged === undefined) return 'did not run';
  if (judged[2] > 0) return 'could not be judged everywhere';
  return judged[0] === 0 ? 'had nothing to judge' : 'found nothing';
}
