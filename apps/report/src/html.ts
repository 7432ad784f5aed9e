import { pageParts } from '@keelson/pages';
import * as built from '../generated/page.js';
import { pageData } from './html-data.ts';
import { summarize } from './json.ts';
import type { ScanReport } from './report.ts';
import { titleSuffix } from './scanned.ts';

/** One self-contained page. */
export function htmlParts(report: ScanReport): Generator<string> {
  const { name, version } = report.tool;
  return pageParts(built, {
    title: `${name} report${titleSuffix(report.input)}`,
    generator: `${name} ${version}`,
    summary: summaryOf(report),
    noscript:
      'Lists, search and filters need JavaScript, which is turned off here. The formats markdown and csv need none.',
    data: pageData(report),
  });
}

/** What a reader without scripts learns. */
function summaryOf(report: ScanReport): string {
  const found = report.findings.length - summarize(report).suppressed;
  const unread = report.notifications.filter(({ level }) => level === 'error').length;
  const { objects, dockerfiles } = report.input;
  return `${count(found, 'finding')} in ${count(objects, 'object')} and ${count(dockerfiles, 'Dockerfile')}; \
${count(unread, 'error')}. ${report.time}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
