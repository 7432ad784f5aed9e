import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, launchChromium } from '../testing/chromium.ts';
import {
  changeReport,
  closedReport,
  enteredReport,
  hostileReport,
  openReport,
  shopReport,
} from '../testing/reach-reports.ts';
import { diffHtml, reportHtml } from './html.ts';
import type { Report } from './report.ts';

if (chromiumPath === undefined)
  console.warn(
    'The page of network policies is not opened in a browser: no Chromium on PATH (scripts/chromium.sh installs it).',
  );

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.runIf(chromiumPath !== undefined)('in Chromium', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-reach-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(chromiumPath ?? '');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (report: Report, options: BrowserContextOptions = {}) => show(reportHtml(report), options);

  async function show(html: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const misdeeds: string[] = [];
    const file = join(folder, 'reach.html');
    writeFileSync(file, html);
    const url = pathToFileURL(file).href;
    page.on('request', (request) => {
      if (request.url() !== url) misdeeds.push(request.url());
    });
    page.on('dialog', async (dialog) => {
      misdeeds.push(dialog.message());
      await dialog.dismiss();
    });
    page.on('pageerror', (error) => misdeeds.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') misdeeds.push(message.text());
    });
    await page.goto(url);
    await page.locator('[role=status]').waitFor();
    return { page, misdeeds, close: () => context.close() };
  }

  const status = (page: Page) => page.locator('[role=status]').textContent();
  const curves = (page: Page) => page.locator('[role=region] path.curve').count();

  /** Every rule that there is, those that are off by default too. */
  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    return page.evaluate<string[]>(`(async () => {
      const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]));
      const { violations } = await axe.run(document, { rules });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html));
    })()`);
  }

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)(
    'axe finds nothing: %s, %i px wide; nothing stands beyond the side',
    async (colorScheme, width) => {
      const { page, misdeeds, close } = await open(shopReport(), {
        colorScheme,
        viewport: { width, height: 800 },
      });
      for (const name of ['Open all', 'Close all', 'Open all']) {
        await page.getByRole('button', { name }).click();
        expect(await violations(page)).toEqual([]);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
          width,
        );
      }
      expect(misdeeds).toEqual([]);
      await close();
    },
  );

  test.each([
    ['entry points', () => reportHtml(enteredReport())],
    ['a change', () => diffHtml(changeReport())],
  ] as const)('axe finds nothing on the page of %s', async (_, make) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 360]) {
        const { page, misdeeds, close } = await show(make(), {
          colorScheme,
          viewport: { width, height: 800 },
        });
        await page.getByRole('button', { name: 'Open all' }).click();
        expect(await violations(page)).toEqual([]);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
          width,
        );
        expect(misdeeds).toEqual([]);
        await close();
      }
    }
  });

  test('entry points are drawn, and what is to be known of them is listed', async () => {
    const { page, close } = await open(enteredReport());
    expect(await page.locator('[role=region] path.entry').count()).toBe(2);
    expect(await page.locator('.legend li').allTextContents()).toContain(' from an entry point');
    await page.locator('summary', { hasText: 'Notes on entry points' }).click();
    expect((await page.locator('details[open] li').allTextContents()).join()).toContain(
      'NodePort shop/cart: externalTrafficPolicy is Cluster',
    );
    await close();
  });

  test('a change shows what it opens and closes, and what it leaves when that is asked for', async () => {
    const { page, misdeeds, close } = await show(diffHtml(changeReport()));
    const drawn = (type: string) => page.locator(`[role=region] path.${type}`).count();
    const [opened, closed] = [await drawn('opened'), await drawn('closed')];
    expect(Math.min(opened, closed)).toBeGreaterThan(0);
    expect(await drawn('unchanged')).toBe(0);
    expect(await status(page)).toContain(`${opened} opened, ${closed} closed, `);
    await page.getByLabel('Show', { exact: true }).selectOption('closed');
    expect([await drawn('opened'), await drawn('closed')]).toEqual([0, closed]);
    expect(new Set(await page.locator('td.mark').allTextContents())).toEqual(new Set(['closed']));
    await page.getByLabel('Show', { exact: true }).selectOption('everything');
    expect(await drawn('unchanged')).toBeGreaterThan(0);
    expect(misdeeds).toEqual([]);
    await close();
  });

  test('search, one workload, a direction and what passes narrow the drawing and the lists', async () => {
    const report = shopReport();
    const { page, misdeeds, close } = await open(report);
    const all = await curves(page);
    expect(await status(page)).toBe(`${all} connections`);
    await page.getByLabel('Search').fill('8080 db');
    expect(await status(page)).toBe(`1 of ${all} connections`);
    expect(await page.locator('tbody tr').allTextContents()).toEqual([
      'shop/cart[Pod]shop/db[Pod]TCP 8080,UDP 9090',
    ]);
    expect(await curves(page)).toBe(1);
    // By keyboard: a name in a list shows that workload alone.
    await page.locator('tbody button').first().focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Search').fill('');
    await page.getByLabel('Direction').selectOption('to it');
    const into = report.rows.filter(({ destination }) => destination === 'shop/cart[Pod]').length;
    expect(await curves(page)).toBe(into + 1);
    await page.getByLabel('Passing').selectOption('All Connections');
    expect(await status(page)).toBe(`0 of ${all} connections`);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await curves(page)).toBe(all);
    expect(misdeeds).toEqual([]);
    await close();
  });

  test('groups fold in the drawing and in the lists alike', async () => {
    const { page, close } = await open(shopReport());
    await page.getByText('▾ namespace shop').first().click();
    await expect
      .poll(() => page.locator('details:not([open]) .name').allTextContents())
      .toContain('namespace shop');
    const few = await curves(page);
    await page.locator('summary', { hasText: 'namespace ops' }).focus();
    await page.keyboard.press('Space');
    await expect.poll(() => curves(page)).toBeLessThan(few);
    await page.getByRole('button', { name: 'Open all' }).click();
    await expect.poll(() => page.locator('text.node').count()).toBeGreaterThan(5);
    await close();
  });

  test('workloads without connections are drawn and listed', async () => {
    const { page, misdeeds, close } = await open(closedReport());
    expect(await status(page)).toBe('0 connections');
    expect(await page.locator('text.node').allTextContents()).toEqual(['a[Pod]', 'b[Pod]']);
    await page.locator('summary', { hasText: 'Without connections' }).click();
    expect(await page.locator('details li').allTextContents()).toEqual(['default/a[Pod]', 'default/b[Pod]']);
    expect(await violations(page)).toEqual([]);
    expect(misdeeds).toEqual([]);
    await close();
  });

  test('hostile text is text', async () => {
    const { page, misdeeds, close } = await open(hostileReport());
    await page.getByRole('button', { name: 'Open all' }).click();
    expect(await page.locator('main').locator('script, img, iframe, object, style, a, b').count()).toBe(0);
    expect(await page.locator('[role=region] svg').count()).toBe(1);
    expect(misdeeds).toEqual([]);
    await close();
  });

  test('many edges are folded first, and rows are written in steps', async () => {
    const { page, misdeeds, close } = await open(openReport(80));
    expect(await status(page)).toBe(`${80 * 81} connections`);
    expect(await page.locator('tbody tr').count()).toBe(0);
    expect(await curves(page)).toBeLessThan(40);
    await page.locator('summary').first().click();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(200);
    await page.getByRole('button', { name: 'Open all' }).click();
    await expect.poll(() => page.getByText('too many to draw').count()).toBe(1);
    expect(misdeeds).toEqual([]);
    await close();
  });
});
