import type { BuildFiles } from '../file-system.ts';

/** Files given as an object of texts. */
export function memoryFiles(texts: Readonly<Record<string, string>>): BuildFiles {
  const isFolder = (path: string) =>
    path === '.' || Object.keys(texts).some((name) => name.startsWith(`${path}/`));
  const read = (path: string) => (Object.hasOwn(texts, path) ? Buffer.from(texts[path] ?? '') : undefined);
  return {
    read,
    isFolder,
    realPath: (path) => (isFolder(path) || read(path) !== undefined ? path : undefined),
  };
}
