import { spawn } from 'node:child_process';

const programs: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens a page in the browser of whoever sits here. Where there is none nothing happens: the address was printed. */
export function openBrowser(address: string): void {
  const [program, ...args] = programs[process.platform] ?? ['xdg-open'];
  // Without a shell, and the address begins with its scheme: nothing in it is taken for a flag or a command.
  const child = spawn(program, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
