import { version } from './version.ts';

const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  // Asked by every script that looks whether keelson is there: nothing else is loaded.
  process.stdout.write(`keelson ${version}\n`);
} else {
  // Compiled code is kept between runs; without a place to keep it nothing changes but the time.
  process.getBuiltinModule('node:module').enableCompileCache();
  // Stack traces of the minified command name its sources, if this is said before they are loaded.
  if (args.includes('--debug')) process.setSourceMapsEnabled(true);
  const { main } = await import('./main.ts');
  process.exitCode = await main(args);
}
