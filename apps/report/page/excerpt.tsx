import type { PageHunk } from '../src/page-data.ts';
import { usePage } from './context.ts';
import type { Place } from './model.ts';

/** A source line with the marked columns. */
export function Excerpt({ place }: { place: Place }) {
  const { excerpt, from, length, line, missing } = place;
  if (excerpt === undefined) return null;
  return (
    <pre class="code">
      <code>
        <span class="gutter" aria-hidden="true">
          {line}
        </span>
        {excerpt.slice(0, from)}
        <mark>{excerpt.slice(from, from + length)}</mark>
        {excerpt.slice(from + length)}
        {missing ? <span class="note"> missing here</span> : null}
      </code>
    </pre>
  );
}

/** What a fix changes, line by line. */
export function Diff({ hunk }: { hunk: PageHunk }) {
  const { model } = usePage();
  return (
    <figure class="diff">
      <figcaption>
        <code class="wrap">
          {model.data.files[hunk.file] ?? ''}:{hunk.line}
        </code>
      </figcaption>
      <pre class="code">
        <code>
          <Around text={hunk.before} />
          {hunk.removed.map((text, i) => (
            <del key={`${i} ${text}`}>
              <span class="sign">− </span>
              {text}
              {'\n'}
            </del>
          ))}
          {hunk.added.map((text, i) => (
            <ins key={`${i} ${text}`}>
              <span class="sign">+ </span>
              {text}
              {'\n'}
            </ins>
          ))}
          <Around text={hunk.after} />
        </code>
      </pre>
    </figure>
  );
}

/** A line that stays as it is. */
function Around({ text }: { text: string | undefined }) {
  return text === undefined || text.trim() === '' ? null : (
    <span class="stays">
      {'  '}
      {text}
      {'\n'}
    </span>
  );
}
