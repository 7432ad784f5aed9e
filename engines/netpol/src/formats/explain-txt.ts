import type { Connectivity } from '../connectivity/connectivity.ts';
import { type Explained, explained, isPassing, type PairFate } from '../connectivity/explain.ts';
import type { Exposure } from '../connectivity/exposure.ts';
import type { Fate } from '../connectivity/fates.ts';
import { type Network, podNetwork } from '../connectivity/networks.ts';
import { compareTexts, type Peer, peerText } from '../connectivity/peers.ts';
import type { SetId } from '../sets/connections.ts';
import { byDefault, causeLines, type Ends } from './cause-text.ts';
import { allConnectionsText, ConnectionTexts } from './connection-text.ts';
import { reportOf } from './report.ts';
import { nameIn } from './rows.ts';
import { exposureTxt, networkText, sortedNetworks } from './txt.ts';

/** Which pairs an explanation is about: those that something passes between, those that nothing does, or all. */
export type ExplainOnly = 'allow' | 'deny' | undefined;

interface Entry {
  pair: string;
  network: Network;
  /** Undefined where all is allowed and no policy has a part in it. */
  text: string | undefined;
}

/** An explanation, with the exposure of the workloads behind it. */
export function explanationWithExposureTxt(
  connectivity: Connectivity,
  exposures: readonly Exposure[],
): string {
  const text = explanationTxt(connectivity);
  return `${text === '' ? '' : `${text}\n`}${exposureTxt(reportOf(connectivity, exposures))}`;
}

/** Why each pair of a report may connect or not, by network; then the pairs of which no policy speaks. */
export function explanationTxt(connectivity: Connectivity, only?: ExplainOnly): string {
  const writer = new ExplanationWriter(connectivity);
  const entries: Entry[] = [];
  let hasApart = false;
  for (const each of explained(connectivity)) {
    const passes = each.fates.some(isPassing);
    if ((only === 'allow' && !passes) || (only === 'deny' && passes)) continue;
    if (each.apart !== undefined && connectivity.options.connection === undefined) hasApart = true;
    else entries.push(writer.entry(each));
  }
  const hasNetworks = connectivity.options.networks === true;
  const byNetwork = Map.groupBy(entries, ({ network }) => networkText(network));
  const networks = [...byNetwork.values()].map(([first]) => first?.network ?? podNetwork);
  const sections = sortedNetworks(networks).map((network) => {
    const name = networkText(network);
    return section(byNetwork.get(name) ?? [], hasNetworks ? ` in ${name}` : '');
  });
  return sections.join('') + (hasApart ? apartNote : '');
}

const apartNote =
  '\n*** Note: Connections between any peers from separate isolated networks are denied by default and therefore not listed in this report.';

function section(entries: readonly Entry[], where: string): string {
  const sorted = entries.toSorted((a, b) => compareTexts(a.pair, b.pair));
  const told = sorted.flatMap(({ pair, text }) =>
    text === undefined ? [] : [`${'-'.repeat(160)}\nConnections between ${pair}:\n\n${text}`],
  );
  const untold = sorted.flatMap(({ pair, text }) => (text === undefined ? [`${pair}\n`] : []));
  const specific =
    told.length === 0 ? '' : banner(`Specific connections and their reasons${where}`) + told.join('');
  const rest =
    untold.length === 0 ? '' : banner(`${allConnectionsText} ${byDefault}${where}`) + untold.join('');
  return specific + rest;
}

function banner(title: string): string {
  const line = '#'.repeat(title.length + 4);
  return `\n${line}\n# ${title} #\n${line}\n`;
}

class ExplanationWriter {
  readonly #connectivity: Connectivity;
  readonly #texts: ConnectionTexts;

  constructor(connectivity: Connectivity) {
    this.#connectivity = connectivity;
    this.#texts = new ConnectionTexts(connectivity.connections);
  }

  entry(explanation: Explained): Entry {
    const { source, destination, network, apart, fates } = explanation;
    if (apart !== undefined) return this.#apartEntry(explanation);
    const names = [nameIn(network, source), nameIn(network, destination)] as const;
    const pair = names.join(' => ');
    const isUntold = this.#connectivity.options.connection === undefined && fates.every(isDefault);
    return { pair, network, text: isUntold ? undefined : this.#fatesText(fates, names) };
  }

  #fatesText(fates: readonly PairFate[], [source, destination]: readonly [string, string]): string {
    const groups = [true, false].map((isAllowed) => {
      const byReasons = new Map<string, SetId>();
      for (const fate of fates.filter((each) => isPassing(each) === isAllowed)) {
        const reasons = reasonsText(fate, source, destination);
        const { connections } = this.#connectivity;
        byReasons.set(reasons, connections.union(byReasons.get(reasons) ?? 0, fate.connections));
      }
      const verdict = isAllowed ? 'Allowed' : 'Denied';
      const lines = [...byReasons].map(([reasons, set]) => ({ reasons, set: this.#setText(verdict, set) }));
      return listText(verdict, lines);
    });
    return groups.join('');
  }

  /** As `Allowed TCP:[80,443], UDP`. */
  #setText(verdict: string, set: SetId): string {
    const parts = ['TCP', 'UDP', 'SCTP'].flatMap((protocol) => {
      const ports = this.#texts.ports(set, protocol);
      if (ports === '') return [];
      return [ports === '1-65535' ? protocol : `${protocol}:[${ports}]`];
    });
    return `\t${verdict} ${parts.join(', ')}`;
  }

  /** The networks of both ends, which is all that is to be said in either direction. */
  #apartEntry({ source, destination, network, apart }: Explained): Entry {
    const isMarked = network.type === 'udn';
    const name = (peer: Peer, own: Network | undefined, isMeant: boolean) =>
      isMarked && isMeant && own !== undefined && own.type !== 'pod'
        ? nameIn({ ...own, type: 'udn' }, peer)
        : peerText(peer);
    const from = name(source, apart?.source, apart?.source?.name === network.name);
    const to = name(destination, apart?.destination, true);
    const parts = [isolation(apart?.source, from), isolation(apart?.destination, to)];
    const text = parts.filter((each) => each !== '').join('; and ');
    const reasons = ` due to existence of user defined networks:\n\t\tEgress \n\t\t\t${text}\n\t\tIngress \n\t\t\t${text}\n`;
    const { connection } = this.#connectivity.options;
    const { connections, reported } = this.#connectivity;
    const set =
      connection === undefined
        ? reported
        : connections.of([connection.protocol], [[connection.port, connection.port]]);
    return {
      pair: `${from} => ${to}`,
      network,
      text: listText('Denied', [{ set: this.#setText('Denied', set), reasons }]),
    };
  }
}

function isolation(network: Network | undefined, peer: string): string {
  if (network === undefined || network.type === 'pod') return '';
  const kind = network.type === 'udn' ? 'UserDefinedNetwork' : 'ClusterUserDefinedNetwork';
  return `${kind} '${network.name}' isolates ${peer}`;
}

function listText(verdict: string, lines: readonly { set: string; reasons: string }[]): string {
  if (lines.length === 0) return '';
  const sorted = lines.toSorted((a, b) => compareTexts(a.set, b.set));
  return `${verdict} connections:\n${sorted.map(({ set, reasons }) => `${set}${reasons}\n`).join('')}`;
}

function isDefault({ egress, ingress }: PairFate): boolean {
  return isByDefault(egress) && isByDefault(ingress);
}

function isByDefault({ causes: [only, ...others] }: Fate): boolean {
  return only?.type === 'default' && others.length === 0;
}

function reasonsText(fate: PairFate, source: string, destination: string): string {
  if (isDefault(fate)) return ` ${byDefault}\n`;
  const egress = directionText(fate.egress, { direction: 'egress', subject: source, peer: destination });
  const ingress = directionText(fate.ingress, { direction: 'ingress', subject: destination, peer: source });
  if (egress === '' && ingress === '') return '\n';
  return ` due to the following policies and rules:\n${egress}${ingress}`;
}

function directionText(fate: Fate, ends: Ends): string {
  if (fate.causes.length === 0) return '';
  const verdict = fate.isAllowed ? '(Allowed)' : '(Denied)';
  const title = `\t\t${ends.direction === 'egress' ? 'Egress' : 'Ingress'} ${verdict}`;
  if (isByDefault(fate)) return `${title} ${byDefault}\n`;
  return `${title}\n${causeLines(fate.causes, ends).join('\n')}\n`;
}
