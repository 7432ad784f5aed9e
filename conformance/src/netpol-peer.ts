import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { JsonObject } from '@keelson/core';
import { type Resource, resourcesOf } from '@keelson/kubernetes';
import {
  Connections,
  Connectivity,
  type ConnectivityOptions,
  diffOf,
  diffTxt,
  explanationTxt,
  exposuresOf,
  type Report,
  reportCsv,
  reportDot,
  reportJson,
  reportMd,
  reportOf,
  reportTxt,
} from '@keelson/netpol';
import { Dice, type Feature, peerInput } from './netpol-peer-inputs.ts';
import { type Suite, Tally } from './suite.ts';

const world: ConnectivityOptions = {
  ipBlockMatchesPods: false,
  rangesMatchPods: false,
  anyNames: true,
  ownersAsWritten: true,
  families: [4],
};
const inputsEach = 40;

interface Comparison {
  name: string;
  features: readonly Feature[];
  /** Arguments of the other program. */
  args: readonly string[];
  write(resources: readonly Resource[]): string;
}

const reports: Readonly<Record<string, (report: Report) => string>> = {
  txt: reportTxt,
  csv: reportCsv,
  md: reportMd,
  json: reportJson,
  dot: reportDot,
};

const comparisons: readonly Comparison[] = [
  ...Object.entries(reports).map(
    ([format, write]): Comparison => ({
      name: `list ${format}`,
      features: ['admin', 'ingress'],
      args: ['-o', format, '--multiple-networks=false'],
      write: (resources) => write(reportOf(new Connectivity(resources, world))),
    }),
  ),
  ...Object.entries(reports).map(
    ([format, write]): Comparison => ({
      name: `networks ${format}`,
      features: ['ingress', 'networks'],
      args: ['-o', format, '--multiple-networks=true'],
      write: (resources) => write(reportOf(new Connectivity(resources, { ...world, networks: true }))),
    }),
  ),
  {
    name: 'exposure',
    features: [],
    args: ['--exposure', '--multiple-networks=false'],
    write: (resources) => {
      const connectivity = new Connectivity(resources, world);
      return reportTxt(reportOf(connectivity, exposuresOf(connectivity)));
    },
  },
  // Of policies for administrators the other program leaves out reasons: what a baseline allows, and refusals behind a pass.
  {
    name: 'explain',
    features: ['ingress', 'networks'],
    args: ['--explain', '--multiple-networks=true'],
    write: (resources) => explanationTxt(new Connectivity(resources, { ...world, networks: true })),
  },
];

/** Reports of generated clusters, beside those of netpol-analyzer's own program where it is there. */
export const suite: Suite = {
  name: 'netpol-peer',
  isGenerated: true,
  async run() {
    const tally = new Tally();
    const program = programPath('netpolicy');
    if (program === undefined) {
      tally.skip('netpolicy', 'the program is neither in the folder KEELSON_PEERS nor on PATH');
      return tally;
    }
    const dir = mkdtempSync(join(tmpdir(), 'keelson-netpol-'));
    try {
      for (const comparison of comparisons) compare(program, dir, comparison, tally);
      compareDiffs(program, dir, tally);
    } finally {
      rmSync(dir, { recursive: true });
    }
    return tally;
  },
};

function compare(program: string, dir: string, comparison: Comparison, tally: Tally): void {
  const { name, features, args, write } = comparison;
  for (let seed = 1; seed <= inputsEach; seed++) {
    const objects = peerInput(new Dice(seed), new Set(features));
    writeInput(join(dir, 'input.json'), objects);
    const expected = answerOf(program, ['list', '-q', '--dirpath', dir, ...args]);
    judge(`${name} ${seed}`, expected, write(asResources(objects)), tally);
    rmSync(join(dir, 'input.json'));
  }
}

function compareDiffs(program: string, dir: string, tally: Tally): void {
  const [first, second] = [mkdtempSync(join(dir, 'a')), mkdtempSync(join(dir, 'b'))];
  for (let seed = 1; seed <= inputsEach; seed++) {
    const states = [seed, seed + 1].map((each) => peerInput(new Dice(each), new Set(['ingress'])));
    const [before = [], after = []] = states;
    writeInput(join(first, 'input.json'), before);
    writeInput(join(second, 'input.json'), after);
    const expected = answerOf(program, ['diff', '-q', '--dir1', first, '--dir2', second]);
    const connections = new Connections();
    const [from, to] = [before, after].map(
      (objects) => new Connectivity(asResources(objects), { ...world, connections }),
    );
    if (from === undefined || to === undefined) continue;
    const diffs = diffOf(from, to);
    judge(`diff ${seed}`, expected, diffTxt({ diffs, connections, names: ['dir1', 'dir2'] }), tally);
  }
}

function judge(id: string, expected: string | undefined, got: string, tally: Tally): void {
  const flat = (text: string) => text.replaceAll(/[\r\n]/g, '');
  if (expected === undefined) tally.skip(id, 'the other program refuses the input');
  else if (flat(expected) === flat(got)) tally.pass();
  else tally.fail(id, 'the reports are not the same');
}

function writeInput(file: string, objects: readonly JsonObject[]): void {
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
}

function answerOf(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

function asResources(objects: readonly JsonObject[]): Resource[] {
  const origin = {
    file: 'generated',
    locate: () => ({ file: 'generated', line: 1, column: 1, path: [], missing: true }),
  };
  return objects.flatMap((object) => resourcesOf(object, origin).resources);
}

/** Where a peer's program is, as the benchmarks look for it. */
function programPath(name: string): string | undefined {
  const folders = [process.env['KEELSON_PEERS'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
