import type { PageNotice } from '../src/page-data.ts';
import { countOf } from './bits.tsx';
import { usePage } from './context.ts';
import { Title } from './title.tsx';

const levelNames = { error: 'Error', warning: 'Warning', note: 'Note' } as const;
const printed = 300;

export function NoticeList({ notices }: { notices: readonly PageNotice[] }) {
  return (
    <ul class="notices">
      {notices.map(({ level, code, message, place, rule }, i) => (
        <li key={`${i} ${message}`}>
          <p>
            <span class={`badge level-${level}`}>{levelNames[level]}</span>{' '}
            <span class="wrap">{message}</span>
          </p>
          <p class="muted wrap">{[place, rule, code].filter((text) => text !== undefined).join(' · ')}</p>
        </li>
      ))}
    </ul>
  );
}

/** What could not be read or judged. */
export function Notices() {
  const { model } = usePage();
  const { notices } = model.data;
  return (
    <>
      <Title>What could not be judged</Title>
      {notices.length === 0 ? (
        <p>Everything was read and judged.</p>
      ) : (
        <>
          <p>
            {countOf(notices.length, 'notice')}. Nothing is known of what stands here: it is neither passed
            nor failed.
          </p>
          <NoticeList notices={notices.slice(0, printed)} />
          {notices.length > printed ? <p>The first {printed}; the format json has them all.</p> : null}
        </>
      )}
    </>
  );
}
