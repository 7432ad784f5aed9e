import { pageParts } from '@keelson/pages';
import * as built from '../../generated/page.js';
import type { DiffReport } from './diff.ts';
import { diffGraphOf } from './diff-graph.ts';
import { entryPointTitle } from './entry-point-text.ts';
import { graphOf } from './graph.ts';
import type { PageData } from './reach-graph.ts';
import type { Report } from './report.ts';

/** Who can reach whom, as one self-contained page. */
export function reportHtml(report: Report): string {
  const { connection } = report;
  const notes = report.entryPoints.flatMap((entry) =>
    entry.notes.map(({ message }) => `${entryPointTitle(entry)}: ${message}`),
  );
  return page(`Who can reach whom${connection === undefined ? '' : ` on ${connection}`}`, {
    graph: graphOf(report),
    ...(connection === undefined ? {} : { connection }),
    unprotected: report.exposure?.unprotected ?? [],
    notes,
    isDiff: false,
  });
}

/** What a change opens and closes, as one self-contained page. */
export function diffHtml(report: DiffReport): string {
  return page('What the change opens and closes', {
    graph: diffGraphOf(report),
    unprotected: [],
    notes: [],
    isDiff: true,
  });
}

function page(title: string, data: PageData): string {
  const others = data.isDiff ? 'txt, md and csv' : 'svg, md and csv';
  const noscript = `The drawing and the lists need JavaScript, which is turned off here. The formats ${others} need none.`;
  return [...pageParts(built, { title, noscript, data })].join('');
}
