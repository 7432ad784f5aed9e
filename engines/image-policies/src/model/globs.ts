import { Regex } from '@keelson/regex';

/** A pattern of a whole name in which `*` is anything but a slash, and `**` is anything. */
export function slashGlob(pattern: string): Regex {
  const source = pattern
    .split('**')
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&').replaceAll('*', '[^/]*'))
    .join('.*');
  return new Regex(`^(?s:${source})$`);
}
