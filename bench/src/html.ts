import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { corpus, keelson } from './keelson.ts';
import { measureOnce, median } from './measure.ts';

const loads = 5;
const views = ['', '#findings', '#findings&by=check', '#checks', '#compliance', '#not-judged'];

/**
 * The HTML report of manifests/real in Chromium. Bars: at most 5 MB; at most 1,500 ms from the start of the navigation
 * until the list is painted and takes input, each time in a new browser; no violation of any rule of axe-core.
 */
export async function run() {
  const output = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const file = join(output, 'report.html');
  try {
    const folder = join(corpus('manifests'), 'real');
    const { exit } = measureOnce(keelson('html', 'scan', folder, '-f', 'html', '-o', file));
    if (exit === 2 || exit === 4) throw new Error(`cannot scan ${folder}: exit ${exit}`);
    const url = pathToFileURL(file).href;
    const overview = await measureLoads(url);
    const list = await measureLoads(`${url}#findings`);
    return {
      bench: 'html',
      node: process.version,
      input: 'manifests/real',
      bytes: statSync(file).size,
      interactiveMs: { overview: Math.round(median(overview)), list: Math.round(median(list)) },
      runs: { overview: overview.map(Math.round), list: list.map(Math.round) },
      ...(await withBrowser(async (browser) => ({
        browser: browser.version(),
        violations: await violationsOf(browser, url),
      }))),
    };
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await launchChromium();
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Milliseconds from the start of the navigation to the mark that the page sets once its first view is painted. */
async function measureLoads(url: string): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < loads; i++) {
    times.push(
      await withBrowser(async (browser) => {
        const page = await browser.newPage();
        await page.goto(url);
        return page.evaluate<number>(`new Promise((done) => {
          const [mark] = performance.getEntriesByName('interactive');
          if (mark) done(mark.startTime);
          else new PerformanceObserver((list) => done(list.getEntriesByName('interactive')[0].startTime))
            .observe({ entryTypes: ['mark'] });
        })`);
      }),
    );
  }
  return times;
}

/** What axe-core holds against the report, with every rule that it has, by view. */
async function violationsOf(browser: Browser, url: string): Promise<string[]> {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1280]) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
      for (const view of views) {
        await page.goto('about:blank');
        await page.goto(url + view);
        await page.evaluate(axe);
        const rules = await page.evaluate<string[]>(`(async () => {
          const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]));
          return (await axe.run(document, { rules })).violations.map(({ id }) => id);
        })()`);
        found.push(
          ...rules.map(
            (rule) => `${rule} at ${view === '' ? 'overview' : view}, ${colorScheme}, ${width} px`,
          ),
        );
      }
      await page.close();
    }
  }
  return found;
}
