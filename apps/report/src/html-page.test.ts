import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { htmlParts } from './html.ts';
import { shownText } from './html-places.ts';
import type { ScanReport } from './report.ts';
import { chromiumPath, launchChromium } from './testing/chromium.ts';
import { compared, finding, full, hostile, hostileTexts, reportOf, reports } from './testing/reports.ts';

if (chromiumPath === undefined)
  console.warn(
    'The HTML report is not opened in a browser: no Chromium on PATH (scripts/chromium.sh installs it).',
  );

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What an opened report did that a report must not do. */
interface Misdeeds {
  requests: string[];
  dialogs: string[];
  errors: string[];
}

describe.runIf(chromiumPath !== undefined)('in Chromium', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-html-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(chromiumPath ?? '');
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(report: ScanReport, hash = '', options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const misdeeds: Misdeeds = { requests: [], dialogs: [], errors: [] };
    const file = join(folder, 'report.html');
    writeFileSync(file, [...htmlParts(report)].join(''));
    const url = pathToFileURL(file).href;
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== url) misdeeds.requests.push(request.url());
    });
    page.on('dialog', async (dialog) => {
      misdeeds.dialogs.push(dialog.message());
      await dialog.dismiss();
    });
    page.on('pageerror', (error) => misdeeds.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') misdeeds.errors.push(message.text());
    });
    await page.goto(url + hash);
    return { page, misdeeds, close: () => context.close() };
  }

  const none: Misdeeds = { requests: [], dialogs: [], errors: [] };
  /** Follows a link to another view of the report that is open. */
  const go = async (page: Page, hash: string) => {
    await page.goto(page.url().replace(/#.*|$/, hash));
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
  };
  const listed = (page: Page) => page.locator('details.finding').count();

  describe.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('%s, %i px wide', (colorScheme, width) => {
    const views = [
      '',
      '#findings&exceptions=with',
      '#findings&q=nothing-has-this',
      '#findings&severity=high&framework=cis-1.12&by=check',
      '#checks',
      '#check=rule-high',
      '#compliance',
      '#framework=cis-1.12',
      '#control=cis-1.12/5.2.2',
      '#not-judged',
      '#comparison',
      '#finding=no-such',
    ];
    test('axe finds nothing, and nothing stands beyond the side of the screen', async () => {
      const { page, misdeeds, close } = await open(compared, '', {
        colorScheme,
        viewport: { width, height: 800 },
      });
      await go(page, '#check=rule-high');
      await unfold(page);
      const own = await page.locator('a[href^="#finding="]').first().getAttribute('href');
      expect(own).toMatch(/^#finding=rule-high-/);
      for (const view of [...views, own ?? '']) {
        await go(page, view === '' ? '#overview' : view);
        await page.locator('h1').waitFor();
        // What is folded is part of the page too.
        await unfold(page);
        expect(await violations(page), view).toEqual([]);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth'), view).toBeLessThanOrEqual(
          width,
        );
      }
      expect(misdeeds).toEqual(none);
      await close();
    });
  });

  /** Opens all that is folded. */
  test('the first look says what was scanned, and which mends want the name of their check', async () => {
    const report = reportOf({ findings: [finding('high'), finding('low')] });
    const findings = report.findings.map((item, i) => ({ ...item, fixableByName: i === 0 }));
    const input = { ...report.input, scanned: ['deploy', '.'], folder: 'shop' };
    const { page, close } = await open({ ...report, input, findings });
    await expect.poll(() => page.title()).toBe('Security report – keelson report: deploy, shop');
    await expect.poll(() => page.locator('h1 + p').textContent()).toBe('deploy, shop');
    expect(await page.locator('td[data-name="mended by --fix"]').allTextContents()).toEqual([
      'when named',
      'none',
    ]);
    await close();
  });

  async function unfold(page: Page): Promise<void> {
    await page.evaluate(`
      for (const summary of document.querySelectorAll('details:not([open]) > summary')) summary.click();
    `);
    await expect.poll(() => page.locator('details:not([open])').count()).toBe(0);
  }

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    // Every rule that there is, those that are off by default too: enhanced contrast, target size, experiments.
    return page.evaluate<string[]>(`(async () => {
      const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]));
      const { violations } = await axe.run(document, { rules });
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html));
    })()`);
  }

  test.each(reports)('%s report opens without a fault and asks for nothing', async (_, report) => {
    const { page, misdeeds, close } = await open(report);
    await expect.poll(() => page.locator('h1').textContent()).toBe('Security report');
    for (const view of ['findings', 'checks', 'compliance', 'not-judged', 'comparison']) {
      await go(page, `#${view}`);
      await page.locator('h1').waitFor();
    }
    expect(misdeeds).toEqual(none);
    await close();
  });

  test('hostile text is text: it runs nothing, asks for nothing and makes no element', async () => {
    const { page, misdeeds, close } = await open(hostile, '#findings&exceptions=with');
    await unfold(page);
    const messages = await page.locator('.message > .wrap:first-child').allTextContents();
    expect(messages.sort()).toEqual(hostileTexts.map(shownText).sort());
    await expect
      .poll(() => page.locator('main').locator('script, img, svg, iframe, object, style').count())
      .toBe(0);
    await expect.poll(() => page.locator('script').count()).toBe(2);
    for (const link of await page.locator('a').all())
      expect(await link.getAttribute('href')).toMatch(/^(?:#|https:\/\/kubernetes\.io\/)/);
    await go(page, '#not-judged');
    await expect.poll(() => page.locator('.notices > li').count()).toBe(hostileTexts.length);
    expect(misdeeds).toEqual(none);
    await close();
  });

  test('an address that an attacker wrote is only text', async () => {
    const evil = encodeURIComponent('<img src=x onerror=alert(1)>');
    for (const hash of [
      `#finding=${evil}`,
      `#findings&q=${evil}&framework=${evil}&page=-3`,
      `#control=${evil}`,
      '#__proto__=1',
      '#%',
    ]) {
      const { page, misdeeds, close } = await open(full, hash);
      await page.locator('h1').waitFor();
      await expect.poll(() => page.locator('img').count()).toBe(0);
      expect(misdeeds).toEqual(none);
      await close();
    }
  });

  test('search and filters work by keyboard, are told to screen readers, and stand in the address', async () => {
    const { page, close } = await open(full, '#findings');
    const count = () => page.locator('.result-count').textContent();
    await expect.poll(count).toBe('7 findings in 2 objects');
    await page.getByLabel('Search').focus();
    await page.keyboard.type('rule-critical');
    await expect.poll(count).toBe('1 finding in 1 object');
    await expect.poll(() => page.getByRole('status').textContent()).toBe('1 finding in 1 object');
    expect(page.url()).toMatch(/#findings&q=rule-critical$/);
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await expect.poll(count).toBe('2 findings in 1 object');
    expect(page.url()).toMatch(/&severity=high$/);
    await page.getByRole('button', { name: /Severity: high/ }).press('Enter');
    await expect.poll(count).toBe('7 findings in 2 objects');
    await page.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.detail').count()).toBe(1);
    await close();
  });

  test('the longest names wrap at 360 px', async () => {
    const long = 'x'.repeat(400);
    const report = reportOf({
      findings: [
        finding('high', {
          rule: long,
          subject: `k8s:source:/${long}//${long}/${long}/${long}`,
          object: `${long} ${long}/${long}`,
          message: long,
          locations: [{ file: `${long}.yaml`, line: 1, column: 1, path: [long, long] }],
          fixes: [{ description: long, choice: long, patch: [{ op: 'add', path: [long], value: long }] }],
          suppressions: [{ kind: 'external', reason: long, owner: long }],
          controls: { [long]: [long] },
        }),
      ],
      notifications: [
        { level: 'error', code: 'YAML_SYNTAX', message: long, location: { file: long, line: 1 } },
      ],
    });
    const { page, close } = await open(report, '', { viewport: { width: 360, height: 800 } });
    const filters = `&exceptions=with&check=${long}&namespace=${long}&kind=${long}&object=${long}`;
    for (const view of ['overview', `findings${filters}`, `check=${long}`, 'checks', 'not-judged']) {
      await go(page, `#${view}`);
      await unfold(page);
      await page.evaluate("document.querySelector('.toggle')?.click()");
      expect(await page.evaluate<number>('document.documentElement.scrollWidth'), view).toBe(360);
    }
    await close();
  });

  test('the first key leads past the navigation', async () => {
    const { page, close } = await open(full, '#findings');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('title');
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('q');
    await close();
  });

  test('every filter narrows the list', async () => {
    const table: readonly (readonly [query: string, findings: number])[] = [
      ['severity=critical,high', 3],
      ['severity=nothing', 0],
      ['check=rule-medium', 2],
      ['kind=Pod', 6],
      ['kind=Dockerfile', 1],
      ['namespace=default', 6],
      ['namespace=-', 1],
      ['object=WEB', 6],
      ['framework=cis-1.12', 2],
      ['framework=cis-1.12&control=5.2.1', 0],
      ['fix=choice', 1],
      ['fix=auto', 0],
      ['fix=manual', 6],
      ['exceptions=only', 1],
      ['exceptions=with', 8],
      ['q=dir%20web.yaml', 6],
      ['q=something%20medium', 2],
      ['by=check&page=9', 7],
      ['by=file', 7],
    ];
    const { page, close } = await open(full, '#findings');
    for (const [query, findings] of table) {
      await go(page, `#findings&${query}`);
      await expect
        .poll(() => page.locator('.result-count').textContent(), { message: query })
        .toMatch(new RegExp(`^${findings} findings? in`));
    }
    await close();
  });

  test('states of a comparison filter, and what is resolved is listed', async () => {
    const { page, close } = await open(compared, '#findings&state=new&exceptions=with');
    await expect.poll(() => listed(page)).toBe(3);
    await expect.poll(() => page.locator('.tag', { hasText: 'new' }).count()).toBe(3);
    await page.getByRole('link', { name: 'Comparison' }).click();
    await expect.poll(() => page.locator('.notices > li').count()).toBe(2);
    await close();
  });

  test('links lead to a finding, a check and a control, and the focus follows', async () => {
    const { page, close } = await open(full, '#control=cis-1.12/5.2.2');
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    await expect.poll(focused).toContain('5.2.2 No privileged containers');
    await page.getByRole('link', { name: 'Findings of 5.2.2' }).click();
    await expect.poll(() => page.locator('.result-count').textContent()).toBe('2 findings in 1 object');
    await expect.poll(focused).toBe('Findings');
    await page.locator('summary').first().click();
    await page.getByRole('link', { name: 'Link to this finding' }).click();
    await expect.poll(() => page.locator('h1').textContent()).toBe('Title of rule-high');
    const address = page.url();
    await expect.poll(() => page.title()).toBe('Title of rule-high – keelson report');
    await page.getByRole('link', { name: 'All findings of rule-high' }).click();
    await expect.poll(() => listed(page)).toBe(2);
    await page.goBack();
    expect(page.url()).toBe(address);
    await expect.poll(() => page.locator('h1').textContent()).toBe('Title of rule-high');
    await close();
  });

  test('a link to a finding holds in a later report with other findings', async () => {
    const first = reportOf({ findings: [finding('high')] });
    const later = reportOf({ findings: [finding('critical'), finding('low'), finding('high')] });
    const { page, close } = await open(first, '#findings');
    await page.locator('summary').click();
    const link = await page.getByRole('link', { name: 'Link to this finding' }).getAttribute('href');
    await close();
    const after = await open(later, link ?? '');
    expect(await after.page.locator('h1').textContent()).toBe('Title of rule-high');
    await after.close();
  });

  test('a long list comes page by page, and paper gets a bounded part of it in full', async () => {
    const findings = Array.from({ length: 700 }, (_, i) =>
      finding('high', { subject: `k8s:source:/x.yaml//Pod/default/p${i >> 1}`, object: `Pod p${i >> 1}` }),
    );
    const { page, close } = await open(reportOf({ findings }), '#findings');
    await expect.poll(() => listed(page)).toBe(50);
    await page.getByRole('button', { name: 'Next' }).click();
    await expect.poll(() => page.locator('.pager').textContent()).toContain('Page 2 of 14');
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await expect.poll(() => page.locator('details.finding[open]').count()).toBe(200);
    await expect.poll(() => page.locator('.bound').textContent()).toContain('The first 200 of 700 findings');
    for (const part of ['.filters', 'nav']) expect(await page.locator(part).first().isVisible()).toBe(false);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await expect.poll(() => listed(page)).toBe(50);
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
    await close();
  });

  test('without scripts the figures are there', async () => {
    const { page, close } = await open(full, '', { javaScriptEnabled: false });
    await expect.poll(() => page.locator('main').textContent()).toContain('7 findings in 1 object');
    await close();
  });
});
