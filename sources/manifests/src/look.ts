/**
 * False for a text that surely holds no Kubernetes object, so that it need not be parsed: objects have an
 * `apiVersion` and a `kind`, or stand in a list that has. Escapes could spell those words another way.
 */
export function mayHoldObjects(text: string): boolean {
  return (text.includes('apiVersion') && text.includes('kind')) || /\\[xuU]/.test(text);
}

/** True when a text without a telling name is a Dockerfile: its first instruction says so. */
export function isDockerfileText(text: string): boolean {
  for (const line of text.slice(0, 64 * 1024).split(/\r?\n/)) {
    const trimmed = line.replace(/^\ufeff/, '').trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    return /^(FROM\s+\S|ARG\s+\w+\s*(=|$))/i.test(trimmed);
  }
  return false;
}

/** True for the names of archives that are read. */
export function isArchive(path: string): boolean {
  return /\.(tar|tgz|tar\.gz)$/i.test(path);
}
