import { enableCompileCache } from 'node:module';

// Compiled code is kept between runs; without a place to keep it nothing changes but the time.
enableCompileCache();

const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
