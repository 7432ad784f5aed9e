import type { JsonObject, JsonValue } from '@keelson/core';
import type { AddressRange, Connections, SetId } from '@keelson/netpol';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { connectionsOfText, connectionsOfValue, type Restriction, rangeOf } from './nca-words.ts';
import { recordsOf } from './netpol-inputs.ts';

/** One end of a line: addresses, or Pods by words in namespaces (undefined: names that carry their own). */
export type ExpectedEnd =
  | { type: 'addresses'; ranges: readonly AddressRange[] }
  | { type: 'pods'; namespaces: readonly string[] | undefined; words: readonly string[] };

export interface ExpectedRule {
  source: ExpectedEnd;
  destination: ExpectedEnd;
  connections: SetId;
}

/** The lines of one configuration, or of one change between two; lines are a union. */
export interface Section {
  /** Names of the configurations, where the file tells them. */
  configurations: readonly string[];
  /** The change in small letters, empty for a map of connections. */
  change: string;
  restriction: Restriction;
  rules: ExpectedRule[];
}

/** Reads an expected file by its format. */
export function expectedSections(text: string, format: string, connections: Connections): Section[] {
  switch (format) {
    case 'yaml':
    case 'json':
      return valueSections(parseYaml(text), connections);
    case 'csv':
      return rowSections(parseCsv(text, { relax_column_count: true, skip_empty_lines: true }), connections);
    case 'md':
      return rowSections(
        text
          .split('\n')
          .filter((line) => line.startsWith('|') && !line.startsWith('|---'))
          .map((line) => line.slice(1, -1).split('|')),
        connections,
      );
    default:
      return textSections(text, connections);
  }
}

function section(configurations: readonly string[], change: string, restriction: Restriction): Section {
  return { configurations, change, restriction, rules: [] };
}

function textSections(text: string, connections: Connections): Section[] {
  const sections: Section[] = [];
  let pair: string[] = [];
  for (const line of text.split('\n').map((each) => each.trimEnd())) {
    const compared = /^(.*) and (.*) (?:are (?:not )?semantically|have the same)/.exec(line);
    if (compared !== null) pair = [compared[1] ?? '', compared[2] ?? ''];
    const heading = headingOf(line, pair);
    if (heading !== undefined) sections.push(heading);
    else if (/^src/.test(line) || line.includes(' => ')) {
      if (sections.length === 0) sections.push(section([], '', undefined));
      const current = sections.at(-1);
      current?.rules.push(
        line.startsWith('src')
          ? ruleOfLine(line, connections, current.restriction)
          : pairOfLine(line, connections),
      );
    }
  }
  return sections;
}

function headingOf(line: string, pair: readonly string[]): Section | undefined {
  const map =
    /^(?:For connections of type (TCP|non-TCP), )?final fw rules for query: .*?, config: (.*):$/i.exec(line);
  if (map !== null) return section([map[2] ?? ''], '', restrictionOf(map[1]));
  const type = /^(TCP|non-TCP) Connections:$/.exec(line);
  if (type !== null) return section([], '', restrictionOf(type[1]));
  const change =
    /^((?:Added|Removed|New|Lost) connections between .*?) \(based on topology from config: .*\) :$/.exec(
      line,
    );
  if (change !== null) return section(pair, (change[1] ?? '').toLowerCase(), undefined);
  return undefined;
}

function restrictionOf(text: string | undefined): Restriction {
  return text === 'TCP' || text === 'non-TCP' ? text : undefined;
}

const end = String.raw`(?:SIDE: (?<SIDEip>.+?)|SIDE_ns: \[(?<SIDEns>.*?)\] SIDE_pods: \[(?<SIDEpods>.*?)\])`;
const ruleLine = new RegExp(
  `^${end.replaceAll('SIDE', 'src')} ${end.replaceAll('SIDE', 'dst')} conn: (?<conn>.*)$`,
);

function ruleOfLine(line: string, connections: Connections, restriction: Restriction): ExpectedRule {
  const groups = ruleLine.exec(line)?.groups;
  if (groups === undefined) throw new Error(`${line} cannot be read`);
  return {
    source: endOf(groups['srcip'], groups['srcns'], groups['srcpods']),
    destination: endOf(groups['dstip'], groups['dstns'], groups['dstpods']),
    connections: connectionsOfText(groups['conn'] ?? '', connections, restriction),
  };
}

function endOf(
  addresses: string | undefined,
  namespaces: string | undefined,
  pods: string | undefined,
): ExpectedEnd {
  if (addresses !== undefined) return outsideOf(addresses);
  return {
    type: 'pods',
    namespaces: namespacesOf(splitNames(namespaces ?? '')),
    words: splitItems(pods ?? ''),
  };
}

/** Addresses, or hosts outside by their names. */
function outsideOf(text: string): ExpectedEnd {
  if (!/[g-z*]/i.test(text)) return { type: 'addresses', ranges: rangesOf(text) };
  return { type: 'pods', namespaces: [''], words: splitNames(text) };
}

function rangesOf(text: string): AddressRange[] {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(rangeOf);
}

function splitNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** What stands in no namespace is told under `None`. */
function namespacesOf(names: readonly string[]): string[] {
  return names.map((name) => (name === 'None' ? '' : name));
}

/** Items stand apart by commas that no bracket encloses. */
function splitItems(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let item = '';
  for (const letter of text) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (letter === ',' && depth === 0) {
      items.push(item.trim());
      item = '';
    } else item += letter;
  }
  items.push(item.trim());
  return items.filter((each) => each !== '');
}

/** `PEER => PEER : CONN`. */
function pairOfLine(line: string, connections: Connections): ExpectedRule {
  const match = /^(.*?) => (.*?) : (.*)$/.exec(line);
  if (match === null) throw new Error(`${line} cannot be read`);
  return {
    source: peerOf(match[1] ?? ''),
    destination: peerOf(match[2] ?? ''),
    connections: connectionsOfText(match[3] ?? '', connections, undefined),
  };
}

/** A peer by its full name, or addresses. */
export function peerOf(text: string): ExpectedEnd {
  if (/^[\d.:a-f/,\- ]+$/.test(text) && /\d/.test(text) && /[.:]/.test(text) && !/[g-z]/.test(text))
    return { type: 'addresses', ranges: rangesOf(text) };
  return { type: 'pods', namespaces: undefined, words: [text] };
}

/** Rows of `query, src_ns, src_pods, dst_ns, dst_pods, connection`; one with a query only is a heading. */
function rowSections(rows: readonly (readonly string[])[], connections: Connections): Section[] {
  const sections: Section[] = [];
  for (const [query = '', srcNs = '', srcPods = '', dstNs = '', dstPods = '', connection = ''] of rows.slice(
    1,
  )) {
    if (query !== '') {
      const key = /key: (.*)$/.exec(query)?.[1] ?? '';
      const configs = [...query.matchAll(/config[12]?: (.*?)(?:,|$)/g)].map(([, name = '']) => name);
      const type = /(non-TCP|TCP)/.exec(query)?.[1];
      sections.push(section(configs, key.toLowerCase(), restrictionOf(type)));
      continue;
    }
    const current = sections.at(-1);
    if (current === undefined || connection === '') continue;
    current.rules.push({
      source: cellsOf(srcNs, srcPods),
      destination: cellsOf(dstNs, dstPods),
      connections: connectionsOfText(connection, connections, current.restriction),
    });
  }
  return sections;
}

function cellsOf(namespaces: string, pods: string): ExpectedEnd {
  const bare = (text: string) => text.trim().replace(/^\[/, '').replace(/\]$/, '');
  if (namespaces.trim() === '') return outsideOf(bare(pods));
  return endOf(undefined, bare(namespaces), bare(pods));
}

function valueSections(value: JsonValue, connections: Connections): Section[] {
  return recordsOf(value).flatMap((entry) => {
    const configs = Array.isArray(entry['configs']) ? entry['configs'].map(String) : [];
    return recordsOf(entry['explanation']).flatMap((part) => {
      const change = typeof part['description'] === 'string' ? part['description'].toLowerCase() : '';
      const fields = [
        ['rules', undefined],
        ['TCP_rules', 'TCP'],
        ['non-TCP_rules', 'non-TCP'],
      ] as const;
      return fields.flatMap(([field, restriction]) => {
        if (part[field] === undefined) return [];
        const rules = recordsOf(part[field]).map((rule) => ruleOfValue(rule, connections, restriction));
        return [{ configurations: configs, change, restriction, rules }];
      });
    });
  });
}

function ruleOfValue(rule: JsonObject, connections: Connections, restriction: Restriction): ExpectedRule {
  const side = (name: 'src' | 'dst'): ExpectedEnd => {
    const texts = (field: string) => {
      const value = rule[`${name}_${field}`];
      return Array.isArray(value) ? value.map(String) : undefined;
    };
    const block = texts('ip_block');
    if (block !== undefined) return outsideOf(block.join());
    return {
      type: 'pods',
      namespaces: namespacesOf(texts('ns') ?? []),
      words: (texts('pods') ?? []).flatMap(splitItems),
    };
  };
  return {
    source: side('src'),
    destination: side('dst'),
    connections: connectionsOfValue(rule['connection'], connections, restriction),
  };
}
