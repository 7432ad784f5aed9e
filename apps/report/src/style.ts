import type { Severity } from '@keelson/evidence';

/** Colours by meaning; every one is the identity where colour is off, so colour never carries meaning alone. */
export interface Painter {
  bold(text: string): string;
  dim(text: string): string;
  frame(text: string): string;
  mark(text: string): string;
  good(text: string): string;
  severity(severity: Severity, text: string): string;
}

const severityCodes: Readonly<Record<Severity, string>> = {
  critical: '1;31',
  high: '31',
  medium: '33',
  low: '36',
  info: '2',
};

/** ECMA-48 SGR sequences, or none. */
export function painter(colour: boolean): Painter {
  const paint = (code: string) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    bold: paint('1'),
    dim: paint('2'),
    frame: paint('34'),
    mark: paint('1;31'),
    good: paint('32'),
    severity: (severity, text) => paint(severityCodes[severity])(text),
  };
}

/** Breaks text at spaces to `width` columns; later lines begin with `indent`; `used` columns of the first are taken. */
export function wrap(text: string, width: number, indent: string, used: number): string {
  const lines: string[] = [];
  let line = '';
  let room = Math.max(20, width - used);
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
      room = Math.max(20, width);
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.join(`\n${indent}`);
}
