import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject } from '@keelson/core';
import { Connections } from '@keelson/netpol';
import { diffDifference, mapDifference } from './nca-compare.ts';
import {
  type Configuration,
  emptyConfiguration,
  readConfiguration,
  selectConfiguration,
} from './nca-configuration.ts';
import { dotSections } from './nca-dot.ts';
import { expectedSections, type Section } from './nca-expected.ts';
import { answer, isQueryKind, pairsOf } from './nca-queries.ts';
import { Files, listsOf, namesNoFile, readScheme, type Scheme, schemesIn } from './nca-scheme.ts';
import { Unread } from './nca-words.ts';
import { recordsOf } from './netpol-inputs.ts';
import { type Suite, Tally } from './suite.ts';

/** Scheme files with queries over policies of Kubernetes and Calico, judged by their meaning. */
export const suite: Suite = {
  name: 'nca',
  async run(dir) {
    const tally = new Tally();
    const files = new Files();
    const lines = readFileSync(join(dir, 'queries.jsonl'), 'utf8').split('\n').filter(Boolean);
    const judged = recordsOf(lines.map((line) => JSON.parse(line)));
    const gates = new Gates(tally);
    const byScheme = Map.groupBy(judged, ({ scheme }) => String(scheme));
    for (const path of schemesIn(dir)) {
      await judgeScheme(dir, path, byScheme.get(path) ?? [], files, tally, gates);
    }
    tally.notes.push(...gates.notes());
    return tally;
  },
};

async function judgeScheme(
  dir: string,
  path: string,
  records: readonly JsonObject[],
  files: Files,
  tally: Tally,
  gates: Gates,
): Promise<void> {
  const scheme = readScheme(join(dir, path));
  const connections = new Connections();
  const configurations = new Map<string, Configuration>();
  const needsNetwork = records.filter(({ judged }) => judged === 'needs-network');
  for (const record of needsNetwork) tally.skip(idOf(record), 'names a git host: needs the network');
  const asked = records.filter(({ judged }) => judged !== 'needs-network');
  const used = usedIn(asked.map(({ index }) => scheme.queries[Number(index)] ?? {}));
  for (const entry of scheme.configurations) {
    const configuration = await configurationOf(scheme, entry, files, connections);
    configurations.set(configuration.name, configuration);
    gates.judge(path, entry, configuration, used.has(configuration.name));
  }
  for (const record of asked) {
    judge(record, tally, () =>
      queryFault(dir, record, scheme.queries[Number(record['index'])] ?? {}, configurations, connections),
    );
  }
}

/** What cannot be read at all is a configuration of nothing, so that its queries fail and others go on. */
async function configurationOf(
  scheme: Scheme,
  entry: JsonObject,
  files: Files,
  connections: Connections,
): Promise<Configuration> {
  const name = String(entry['name']);
  if (namesNoFile(scheme.lists) || namesNoFile(listsOf(entry)))
    return emptyConfiguration(name, connections, { unread: 'a live cluster or a git host' });
  try {
    return await readConfiguration(scheme, entry, files, connections);
  } catch (error) {
    return emptyConfiguration(name, connections, { refused: String(error) });
  }
}

/** The configurations that queries name. */
function usedIn(queries: readonly JsonObject[]): ReadonlySet<string> {
  const names = queries.flatMap((query) =>
    Object.keys(query)
      .filter(isQueryKind)
      .flatMap((kind) => query[kind] ?? []),
  );
  return new Set(names.map((name) => String(name).split('/')[0] ?? ''));
}

/** A fault of the comparison itself is one of the query, but for what no dialect here reads. */
function judge(record: JsonObject, tally: Tally, fault: () => string | undefined): void {
  const id = idOf(record);
  try {
    const message = fault();
    if (message === undefined) tally.pass();
    else tally.fail(id, message);
  } catch (error) {
    if (error instanceof Unread) tally.skip(id, `dialect not read: ${error.message}`);
    else tally.fail(id, String(error));
  }
}

function queryFault(
  dir: string,
  record: JsonObject,
  query: JsonObject,
  configurations: ReadonlyMap<string, Configuration>,
  connections: Connections,
): string | undefined {
  const output = isObject(query['outputConfiguration']) ? query['outputConfiguration'] : {};
  for (const kind of Object.keys(query).filter(isQueryKind)) {
    const names = query[kind];
    const chosen = (Array.isArray(names) ? names : [names])
      .map((name) => selectConfiguration(String(name), configurations))
      .map((each) => (output['excludeIPv6Range'] === false ? withIPv6(each) : each));
    const unread = chosen.find((each) => each.unread !== undefined)?.unread;
    if (unread !== undefined) throw new Unread(unread);
    const { number, notExecuted } = answer(kind, chosen, output);
    const expected = query['expected'];
    if (typeof expected === 'number' && number !== expected)
      return `${kind} gives ${number}, not ${expected}`;
    const leftOut = Number(query['expectedNotExecuted'] ?? 0);
    if (notExecuted !== leftOut) return `${kind} leaves out ${notExecuted} parts, not ${leftOut}`;
    if (record['judged'] !== 'connectivity') continue;
    const fault = fileDifference(dir, record, kind, chosen, output, connections);
    if (fault !== undefined) return `${kind} ${fault}`;
  }
  return undefined;
}

function fileDifference(
  dir: string,
  record: JsonObject,
  kind: string,
  chosen: readonly Configuration[],
  output: JsonObject,
  connections: Connections,
): string | undefined {
  const text = readFileSync(join(dir, String(record['expected_file'])), 'utf8');
  const format = String(record['format'] ?? 'txt');
  const sections =
    format === 'dot' ? dotSections(text, connections) : expectedSections(text, format, connections);
  if (kind === 'connectivityMap') {
    for (const configuration of chosen) {
      const own = sectionsOf(sections, [configuration.name], chosen.length === 1);
      const fault = mapDifference(configuration, own, output);
      if (fault !== undefined) return `${configuration.name}: ${fault}`;
    }
    return undefined;
  }
  for (const [first, second] of pairsOf(chosen, 'each')) {
    const own = sectionsOf(sections, [first.name, second.name], chosen.length === 2);
    const fault = diffDifference(first, second, own, output);
    if (fault !== undefined) return `${first.name}, ${second.name}: ${fault}`;
  }
  return undefined;
}

function withIPv6(configuration: Configuration): Configuration {
  return { ...configuration, setting: { ...configuration.setting, families: [4, 6] } };
}

function sectionsOf(sections: readonly Section[], names: readonly string[], isOnly: boolean): Section[] {
  if (isOnly) return [...sections];
  return sections.filter(({ configurations }) => names.every((name) => configurations.includes(name)));
}

function idOf({ scheme, index, query }: JsonObject): string {
  return `${scheme} ${index} ${query}`;
}

/** What configurations have to give when they are read. */
class Gates {
  readonly #tally: Tally;
  readonly #refusals = { right: 0, all: 0 };
  readonly #warnings = { right: 0, exact: 0, all: 0 };

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** A configuration that no query asks for is told in the notes only. */
  judge(
    scheme: string,
    entry: JsonObject,
    { name, refused, unread, warnings }: Configuration,
    isUsed: boolean,
  ) {
    if (unread !== undefined) return;
    const expected = Number(entry['expectedError'] ?? 0) !== 0;
    const isRight = expected === (refused !== undefined);
    if (expected) this.#refusals.all++;
    if (expected && isRight) this.#refusals.right++;
    if (!isRight && isUsed)
      this.#tally.fail(`${scheme} ${name}`, expected ? 'was read' : `was refused: ${refused}`);
    const { expectedWarnings } = entry;
    if (typeof expectedWarnings !== 'number') return;
    this.#warnings.all++;
    if (warnings === expectedWarnings) this.#warnings.exact++;
    if (warnings > 0 === expectedWarnings > 0) this.#warnings.right++;
    else if (isUsed)
      this.#tally.fail(`${scheme} ${name}`, `has ${warnings} warnings, not ${expectedWarnings}`);
  }

  notes(): string[] {
    const { right, exact, all } = this.#warnings;
    return [
      `configurations to be refused: ${this.#refusals.right} of ${this.#refusals.all} were`,
      `warnings, zero or not: ${right} of ${all} configurations; the same number: ${exact}`,
    ];
  }
}
