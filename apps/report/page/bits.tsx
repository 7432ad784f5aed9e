import type { ComponentChildren } from 'preact';
import type { PageVerdict } from '../src/page-data.ts';
import { severityNames } from './model.ts';

const numbers = new Intl.NumberFormat('en');

export function formatCount(n: number): string {
  return numbers.format(n);
}

/** `1 finding`, `2 findings`. */
export function countOf(n: number, noun: string): string {
  return `${formatCount(n)} ${noun}${n === 1 ? '' : 's'}`;
}

export function Severity({ of }: { of: number }) {
  return <span class={`badge severity-${of}`}>{severityNames[of] ?? 'Info'}</span>;
}

const verdictNames: Readonly<Record<PageVerdict, string>> = {
  fail: 'Failed',
  pass: 'Passed',
  manual: 'To review',
  'not-applicable': 'Not applicable',
};
const verdictSigns: Readonly<Record<PageVerdict, string>> = {
  fail: '✕',
  pass: '✓',
  manual: '?',
  'not-applicable': '–',
};

export function verdictName(verdict: PageVerdict): string {
  return verdictNames[verdict];
}

export function Verdict({ of }: { of: PageVerdict }) {
  return (
    <span class={`badge verdict-${of}`}>
      <span aria-hidden="true">{verdictSigns[of]} </span>
      {verdictNames[of]}
    </span>
  );
}

/** `3 critical, 2 high` as badges with a number; severities that are not there are left out. */
export function SeverityCounts({ counts }: { counts: readonly number[] }) {
  return (
    <span class="counts">
      {severityNames.map((name, i) => {
        const n = counts[i] ?? 0;
        return n === 0 ? null : (
          <span class={`badge severity-${i}`} key={name}>
            {formatCount(n)} {name.toLowerCase()}
          </span>
        );
      })}
    </span>
  );
}

/** A link out of the report; an address of any form but http and https stays text. */
export function OutLink({ to, children }: { to: string; children?: ComponentChildren }) {
  if (!/^https?:\/\/[^\s]+$/.test(to)) return <span class="wrap">{children ?? to}</span>;
  return (
    <a class="wrap" href={to} rel="noreferrer noopener" target="_blank">
      {children ?? to}
    </a>
  );
}

/** A table that reads as a list of cards where there is no room for columns. */
export function Table({ caption, head, children }: TableProps) {
  return (
    <table class="cards">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((name) => (
            <th scope="col" key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

interface TableProps {
  caption: string;
  head: readonly string[];
  children: ComponentChildren;
}
