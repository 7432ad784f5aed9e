import { zoneAbbreviations } from './zone-data.ts';

/** A time zone at an instant. */
export interface ZoneOffset {
  /** As `CEST`, or `+03` where the zone has no letters. */
  readonly name: string;
  /** Seconds east of Greenwich. */
  readonly offset: number;
}

export interface Zone {
  readonly name: string;
  at(seconds: number): ZoneOffset;
}

export const utc: Zone = { name: 'UTC', at: () => ({ name: 'UTC', offset: 0 }) };

interface Period {
  readonly start: number;
  readonly names: ReadonlyMap<number, string>;
}

let periodsByName: Map<string, string> | undefined;
const zones = new Map<string, Zone>();

/** The zone of an IANA name, which is case-sensitive; undefined where there is none. */
export function findZone(name: string): Zone | undefined {
  if (name === '' || name === 'UTC' || name === 'Local') return utc;
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (periodsByName === undefined) {
    periodsByName = new Map();
    for (const [names, periods] of zoneAbbreviations)
      for (const each of names.split(' ')) periodsByName.set(each, periods);
  }
  const periods = periodsByName.get(name);
  if (periods === undefined) return undefined;
  const zone = createZone(name, periods.split(';').map(parsePeriod));
  zones.set(name, zone);
  return zone;
}

function parsePeriod(text: string): Period {
  const bar = text.indexOf('|');
  const names = new Map<number, string>();
  for (const item of text.slice(bar + 1).split(' ')) {
    const found = /^(-?\d+)(.+)$/.exec(item);
    if (found !== null) names.set(Number(found[1]), found[2] ?? '');
  }
  return { start: bar < 0 ? Number.NEGATIVE_INFINITY : Number.parseInt(text.slice(0, bar), 36), names };
}

/** Offsets are the host's own, abbreviations are ours: the host has none for most zones. */
function createZone(name: string, periods: readonly Period[]): Zone {
  const format = formatOf(name);
  return {
    name,
    at(seconds) {
      // The one zone that hosts do not know is `Factory`, which is UTC.
      const offset = format === undefined ? 0 : offsetAt(format, seconds);
      const period = periods.findLast(({ start }) => start <= seconds);
      return { name: period?.names.get(offset) ?? numericName(offset), offset };
    },
  };
}

function formatOf(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
}

function offsetAt(format: Intl.DateTimeFormat, seconds: number): number {
  const text = format.formatToParts(seconds * 1000).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const found = /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (found === null) return 0;
  const size = Number(found[2]) * 3600 + Number(found[3]) * 60 + Number(found[4] ?? 0);
  return found[1] === '-' ? -size : size;
}

function numericName(offset: number): string {
  const size = Math.abs(offset);
  const minutes = Math.floor((size % 3600) / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 3600))}${minutes === 0 ? '' : two(minutes)}`;
}
