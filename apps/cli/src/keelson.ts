import { ModuleLoader } from './module-loader.ts';
import { version } from './version.ts';

const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  // Asked by every script that looks whether keelson is there: nothing else is loaded.
  process.stdout.write(`keelson ${version}\n`);
} else {
  void loadMain(args.includes('--debug')).main(args).then(end);
}

/**
 * Where nothing is under way any more the system takes the memory back at once; Node's own end gives it back piece by
 * piece, a sixth of the CPU of a process of 90 MB.
 */
function end(code: number): void {
  process.exitCode = code;
  if (process.getActiveResourcesInfo().length === 0) process.exit();
}

/** Stack traces name sources where Node itself loads the modules, which takes longer. */
function loadMain(debug: boolean): typeof import('./main.ts') {
  const { join } = process.getBuiltinModule('node:path');
  const file = join(import.meta.dirname, 'main.cjs');
  if (!debug) return new ModuleLoader().load(file) as typeof import('./main.ts');
  process.setSourceMapsEnabled(true);
  return process.getBuiltinModule('node:module').createRequire(file)(file);
}
