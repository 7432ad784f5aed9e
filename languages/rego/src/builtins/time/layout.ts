/** What a layout of Go's `time` package has at one place. Layouts are examples: they show 2006-01-02 15:04:05. */
export type LayoutElement =
  | 'year'
  | 'longYear'
  | 'month'
  | 'longMonth'
  | 'numMonth'
  | 'zeroMonth'
  | 'weekday'
  | 'longWeekday'
  | 'day'
  | 'underDay'
  | 'zeroDay'
  | 'underYearDay'
  | 'zeroYearDay'
  | 'hour'
  | 'hour12'
  | 'zeroHour12'
  | 'minute'
  | 'zeroMinute'
  | 'second'
  | 'zeroSecond'
  | 'PM'
  | 'pm'
  | 'zone'
  | 'offset'
  | 'fraction0'
  | 'fraction9';

export interface LayoutChunk {
  /** Text that stands for itself before the element. */
  readonly prefix: string;
  /** Undefined at the end of the layout. */
  readonly element: LayoutElement | undefined;
  /** The element as it is written: the form of an offset, the digits of a fraction. */
  readonly text: string;
}

const elements: readonly (readonly [RegExp, LayoutElement])[] = [
  [/January/y, 'longMonth'],
  [/Jan(?![a-z])/y, 'month'],
  [/Monday/y, 'longWeekday'],
  [/Mon(?![a-z])/y, 'weekday'],
  [/MST/y, 'zone'],
  [/01/y, 'zeroMonth'],
  [/02/y, 'zeroDay'],
  [/03/y, 'zeroHour12'],
  [/04/y, 'zeroMinute'],
  [/05/y, 'zeroSecond'],
  [/06/y, 'year'],
  [/002/y, 'zeroYearDay'],
  [/15/y, 'hour'],
  [/1/y, 'numMonth'],
  [/2006/y, 'longYear'],
  [/2/y, 'day'],
  // In `_2006` the underscore is text.
  [/_2(?!006)/y, 'underDay'],
  [/__2/y, 'underYearDay'],
  [/3/y, 'hour12'],
  [/4/y, 'minute'],
  [/5/y, 'second'],
  [/PM/y, 'PM'],
  [/pm/y, 'pm'],
  [/[-Z](?:070000|07:00:00|0700|07:00|07)/y, 'offset'],
  [/[.,]0+(?!\d)/y, 'fraction0'],
  [/[.,]9+(?!\d)/y, 'fraction9'],
];

/** Characters that an element begins with. */
const starts = /[JM0-5_Pp\-Z.,]/g;

/** The elements of a layout in order; the last chunk has the text that is left. */
export function parseLayout(layout: string): readonly LayoutChunk[] {
  const chunks: LayoutChunk[] = [];
  let from = 0;
  starts.lastIndex = 0;
  for (let found = starts.exec(layout); found !== null; found = starts.exec(layout)) {
    const at = found.index;
    for (const [pattern, element] of elements) {
      pattern.lastIndex = at;
      const text = pattern.exec(layout)?.[0];
      if (text === undefined) continue;
      chunks.push({ prefix: layout.slice(from, at), element, text });
      from = at + text.length;
      starts.lastIndex = from;
      break;
    }
  }
  chunks.push({ prefix: layout.slice(from), element: undefined, text: '' });
  return chunks;
}

export const rfc3339 = '2006-01-02T15:04:05Z07:00';
export const rfc3339Nano = '2006-01-02T15:04:05.999999999Z07:00';

/** Layouts that a policy may give by name. */
export const namedLayouts: ReadonlyMap<string, string> = new Map([
  ['ANSIC', 'Mon Jan _2 15:04:05 2006'],
  ['UnixDate', 'Mon Jan _2 15:04:05 MST 2006'],
  ['RubyDate', 'Mon Jan 02 15:04:05 -0700 2006'],
  ['RFC822', '02 Jan 06 15:04 MST'],
  ['RFC822Z', '02 Jan 06 15:04 -0700'],
  ['RFC850', 'Monday, 02-Jan-06 15:04:05 MST'],
  ['RFC1123', 'Mon, 02 Jan 2006 15:04:05 MST'],
  ['RFC1123Z', 'Mon, 02 Jan 2006 15:04:05 -0700'],
  ['RFC3339', rfc3339],
  ['RFC3339Nano', rfc3339Nano],
]);
