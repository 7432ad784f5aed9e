import { pageParts } from '@keelson/pages';
import * as built from '../../generated/page.js';
import { graphOf } from './graph.ts';
import type { PageData } from './reach-graph.ts';
import type { Report } from './report.ts';

/** One self-contained page. */
export function reportHtml(report: Report): string {
  const { connection } = report;
  const data: PageData = {
    graph: graphOf(report),
    ...(connection === undefined ? {} : { connection }),
    unprotected: report.exposure?.unprotected ?? [],
  };
  const content = {
    title: `Who can reach whom${connection === undefined ? '' : ` on ${connection}`}`,
    noscript:
      'The drawing and the lists need JavaScript, which is turned off here. The formats svg, md and csv need none.',
    data,
  };
  return [...pageParts(built, content)].join('');
}
