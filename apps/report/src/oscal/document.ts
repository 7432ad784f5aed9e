import { hash } from 'node:crypto';
import type { ScanReport } from '../report.ts';
import { titleSuffix } from '../scanned.ts';
import { shared } from '../told.ts';
import { markup, namespaceUri, string, uuidOf } from './text.ts';

/** The version of OSCAL that is written. */
const oscalVersion = '1.2.1';

/** A property in our own namespace. */
export interface Property {
  name: string;
  ns: string;
  value: string;
}

export function property(name: string, value: string): Property {
  return { name, ns: namespaceUri, value: string(value) };
}

/** What both kinds of document say of a run. */
export interface Run {
  report: ScanReport;
  /** Names the run in keys of UUIDs: an observation of today is not that of yesterday, a risk is. */
  id: string;
  /** The tool as an actor. */
  origin: { actors: readonly { type: 'tool'; 'actor-uuid': string }[] };
}

/** All of a report but what is said of frameworks, for `shared`: only one kind of document tells of those. */
export function judgedParts(report: ScanReport): readonly [object, ...unknown[]] {
  const { findings, notifications, comparison, texts, redact, time, tool, input } = report;
  return [findings, notifications, comparison, texts, redact, time, tool, input];
}

const runId = shared(
  ({ findings, time, tool, input }) => [findings, time, tool, input],
  ({ findings, time, tool, input: { folder = '', scanned = [] } }) => {
    const found = findings.map(({ finding }) => finding.fingerprint).join();
    return hash('sha256', JSON.stringify([time, tool.version, found, folder, ...scanned]));
  },
);

export function runOf(report: ScanReport): Run {
  return {
    report,
    id: runId(report),
    origin: { actors: [{ type: 'tool', 'actor-uuid': toolUuid(report) }] },
  };
}

function toolUuid({ tool }: ScanReport): string {
  return uuidOf('tool', tool.name, tool.version);
}

export function metadataOf({ report }: Run, title: string) {
  const { scanned = [], folder, ...numbers } = report.input;
  return {
    title: markup(`${title}${titleSuffix(report.input)}`),
    'last-modified': report.time,
    version: report.time,
    'oscal-version': oscalVersion,
    props: [
      property('tool', report.tool.name),
      property('tool-version', report.tool.version),
      ...scanned.map((path) => property('scanned', path)),
      ...(folder === undefined ? [] : [property('folder', folder)]),
      ...Object.entries(numbers).flatMap(([name, count]) =>
        name === 'seconds' ? [] : [property(`input-${name}`, String(count))],
      ),
      ...(report.comparison === undefined ? [] : [property('compared-with', report.comparison.against)]),
    ],
  };
}

/** The tool itself, which is the actor of all that a document says. */
export function assessmentAssets({ report }: Run) {
  const { name, version } = report.tool;
  const platform = uuidOf('platform', name);
  return {
    components: [
      {
        uuid: toolUuid(report),
        type: 'software',
        title: name,
        description: 'Judges Kubernetes configuration and Dockerfiles without running them.',
        props: [{ name: 'version', value: string(version) }],
        status: { state: 'operational' },
      },
    ],
    'assessment-platforms': [
      { uuid: platform, title: name, 'uses-components': [{ 'component-uuid': toolUuid(report) }] },
    ],
  };
}

/**
 * A list as a member of an object that is open, behind a comma, an item to a line. An empty one is left out
 * (`minItems: 1`).
 */
export function* listParts<T>(
  name: string,
  items: Iterable<T>,
  write: (item: T) => Iterable<string> = jsonParts,
): Generator<string> {
  let lead = `,\n"${name}":[\n`;
  let isEmpty = true;
  for (const item of items) {
    yield lead;
    yield* write(item);
    lead = ',\n';
    isEmpty = false;
  }
  if (!isEmpty) yield '\n]';
}

function jsonParts(item: unknown): string[] {
  return [JSON.stringify(item)];
}

/** JSON of an object without the brace that closes it: further members follow. */
export function open(value: object): string {
  return JSON.stringify(value).slice(0, -1);
}
