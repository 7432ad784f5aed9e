import { countOf, formatCount } from './bits.tsx';
import { usePage } from './context.ts';
import { Entry } from './finding.tsx';
import { href } from './route.ts';

/** RFC 3339 in UTC, to the minute, as a person reads it; what is of another form stays as it is. */
export function timeText(time: string): string {
  const [, date, minutes] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.]+Z$/.exec(time) ?? [];
  return date === undefined ? time : `${date} ${minutes} UTC`;
}

/** What was read, by what, and what exceptions did. */
export function RunFacts() {
  const { model } = usePage();
  const { input, suppressions, tool, time, failOn } = model.data;
  const suppressed = model.columns.suppressed.length;
  return (
    <section>
      <h2>This run</h2>
      <dl>
        <Entry name="Time">
          <time datetime={time}>{timeText(time)}</time>
        </Entry>
        <Entry name="Tool">
          {tool.name} {tool.version}
        </Entry>
        <Entry name="Read">
          {countOf(input.files, 'file')}, {countOf(input.objects, 'object')},{' '}
          {countOf(input.dockerfiles, 'Dockerfile')}
        </Entry>
        <Entry name="Checks">
          <a href={href('checks')}>{formatCount(input.checks)} asked</a>
        </Entry>
        <Entry name="Fails on">{failOn === 'none' ? 'nothing' : `severity ${failOn} and above`}</Entry>
        <Entry name="Exceptions">
          {countOf(suppressions.loaded, 'exception')}: {formatCount(suppressions.matched)} matched,{' '}
          {formatCount(suppressions.unused)} unused, {formatCount(suppressions.expired)} expired;{' '}
          {suppressed === 0 ? (
            'no finding suppressed'
          ) : (
            <a href={href('findings', '', { exceptions: 'only' })}>
              {countOf(suppressed, 'finding')} suppressed
            </a>
          )}
        </Entry>
      </dl>
    </section>
  );
}
