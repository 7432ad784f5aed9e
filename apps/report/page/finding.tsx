import type { ComponentChildren } from 'preact';
import type { PageFix, PageRule } from '../src/page-data.ts';
import { OutLink } from './bits.tsx';
import { usePage } from './context.ts';
import { Diff, Excerpt } from './excerpt.tsx';
import { href } from './route.ts';

interface DetailProps {
  finding: number;
  /** Leaves out what all findings of a check share. */
  brief?: boolean;
  /** True where the list has told the file and the line already. */
  placed?: boolean;
}

/** All that is known of a finding: where, why, how it is mended, and what it breaks. */
export function FindingDetail({ finding, brief = false, placed = false }: DetailProps) {
  const { model } = usePage();
  const rule = model.rule(finding);
  const place = model.placeOf(finding);
  const path = model.path(finding);
  return (
    <div class="detail">
      {place === undefined ? null : (
        <>
          <p class="place" hidden={placed}>
            <code class="wrap">{place.text}</code>
            {place.origin === undefined ? null : (
              <>
                {' from '}
                <code class="wrap">{place.origin}</code>
              </>
            )}
          </p>
          <Excerpt place={place} />
        </>
      )}
      <dl>
        {brief ? null : <Words name="Why it matters" text={rule.why} />}
        <Fixes finding={finding} />
        {brief ? null : <Words name="What to do" text={rule.remediation} />}
        <Related finding={finding} />
        <Exceptions finding={finding} />
        {brief || path === '' ? null : (
          <Entry name="Field">
            <code class="wrap">{path}</code>
          </Entry>
        )}
        {brief ? null : <RuleFacts rule={rule} />}
      </dl>
      {brief ? null : (
        <p class="links">
          <a href={href('finding', model.idOf(finding))}>Link to this finding</a>
          <a href={href('check', rule.id)}>All findings of {rule.id}</a>
        </p>
      )}
    </div>
  );
}

export function Entry({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Words({ name, text }: { name: string; text: string | undefined }) {
  return text === undefined || text === '' ? null : <Entry name={name}>{text}</Entry>;
}

/** What a check is mapped to and where more is written. */
export function RuleFacts({ rule }: { rule: PageRule }) {
  const { model } = usePage();
  const { controls = [], references = [], aliases = [] } = rule;
  const linked = new Set(
    model.data.frameworks.flatMap(({ id, controls: list }) => list.map((control) => `${id}/${control.id}`)),
  );
  return (
    <>
      {controls.length === 0 ? null : (
        <Entry name="Controls">
          <ul class="inline">
            {controls.map(([framework, ids]) => (
              <li key={framework}>
                {framework}{' '}
                {ids.map((id, i) => (
                  <span key={id}>
                    {i === 0 ? '' : ', '}
                    {linked.has(`${framework}/${id}`) ? (
                      <a href={href('control', `${framework}/${id}`)}>{id}</a>
                    ) : (
                      id
                    )}
                  </span>
                ))}
              </li>
            ))}
          </ul>
        </Entry>
      )}
      {references.length === 0 ? null : (
        <Entry name="Read more">
          <ul class="plain">
            {references.map((to) => (
              <li key={to}>
                <OutLink to={to} />
              </li>
            ))}
          </ul>
        </Entry>
      )}
      {aliases.length === 0 ? null : (
        <Entry name="Elsewhere">
          <ul class="inline">
            {aliases.map(([tool, ids]) => (
              <li key={tool}>
                {tool} {ids.join(', ')}
              </li>
            ))}
          </ul>
        </Entry>
      )}
    </>
  );
}

function Fixes({ finding }: { finding: number }) {
  const { model } = usePage();
  const fixes = model.data.fixes[model.columns.fix[finding] ?? -1] ?? [];
  if (fixes.length === 0) return null;
  return (
    <Entry name={fixes.length === 1 ? 'Fix' : 'Fixes'}>
      {fixes.map((fix, i) => (
        <div class="fix" key={`${i} ${fix.description}`}>
          <FixText
            fix={fix}
            how={i === 0 ? howMended(model.columns.mend[finding], model.rule(finding).id) : ''}
          />
        </div>
      ))}
    </Entry>
  );
}

function howMended(mend: string | undefined, rule: string): string {
  if (mend === '1') return 'keelson scan --fix';
  return mend === '2' ? `keelson scan --fix=${rule}` : '';
}

function FixText({ fix, how }: { fix: PageFix; how: string }) {
  return (
    <>
      <p>
        {fix.description}
        {how === '' ? null : (
          <>
            {': '}
            <code>{how}</code>
          </>
        )}
      </p>
      {fix.choice === undefined ? null : (
        <p class="choice">
          <strong>A person chooses:</strong> {fix.choice}
        </p>
      )}
      {fix.patch === undefined ? null : (
        <ul class="plain">
          {fix.patch.map((text) => (
            <li key={text}>
              <code class="wrap">{text}</code>
              {fix.choice === undefined ? null : ' (an example)'}
            </li>
          ))}
        </ul>
      )}
      {fix.diff?.map((hunk) => (
        <Diff hunk={hunk} key={`${hunk.file} ${hunk.line}`} />
      ))}
    </>
  );
}

function Related({ finding }: { finding: number }) {
  const { model } = usePage();
  const places = model.related(finding).flatMap((place) => model.place(place) ?? []);
  if (places.length === 0) return null;
  return (
    <Entry name="See also">
      {places.map((place, i) => (
        <div key={`${i} ${place.text}`}>
          <code class="wrap">{place.text}</code>
          <Excerpt place={place} />
        </div>
      ))}
    </Entry>
  );
}

function Exceptions({ finding }: { finding: number }) {
  const { model } = usePage();
  const list = model.exceptions(finding).flatMap((i) => model.data.exceptions[i] ?? []);
  if (list.length === 0) return null;
  return (
    <Entry name="Exception">
      <ul class="plain">
        {list.map(({ kind, reason, owner, expires, place }) => (
          <li key={`${kind} ${reason} ${place}`}>
            {reason === '' ? 'no reason given' : reason} ({kind}
            {owner === undefined ? '' : `, owner ${owner}`}
            {expires === undefined ? '' : `, until ${expires}`}
            {place === undefined ? '' : `, ${place}`})
          </li>
        ))}
      </ul>
    </Entry>
  );
}
