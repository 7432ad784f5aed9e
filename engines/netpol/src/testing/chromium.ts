import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The Chromium of this machine; undefined when there is none (scripts/chromium.sh installs Debian's). */
export const chromiumPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

export function launchChromium(executablePath: string): Promise<Browser> {
  // Root has no sandbox, and neither has a container.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
