import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** A new process of the Chromium on PATH, with a profile of its own. */
export function launchChromium(): Promise<Browser> {
  const executablePath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('there is no Chromium on PATH: see scripts/chromium.sh');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
