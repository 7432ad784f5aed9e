import type { Network } from '../connectivity/networks.ts';
import { compareTexts } from '../connectivity/peers.ts';
import type { ExposureRow } from './exposure-rows.ts';
import type { Report } from './report.ts';
import type { Row } from './rows.ts';

/** Lines `source => destination : connections`, by network where there are some, then the exposure. */
export function reportTxt(report: Report): string {
  const list = connectivityTxt(report);
  if (report.exposure === undefined) return list;
  return `${list === '' ? '' : `${list}\n`}${exposureTxt(report)}`;
}

export function connectivityTxt(report: Report): string {
  const { rows, connection, hasNetworks } = report;
  const byNetwork = Map.groupBy(rows, ({ network }) => `${network.type} ${network.name}`);
  const own = rows.filter(({ network }) => network.type === 'pod');
  const others = [...byNetwork.values()].flatMap(([first]) =>
    first === undefined || first.network.type === 'pod' ? [] : [first.network],
  );
  const sections = sortedNetworks(others).map(
    (network) =>
      `\nPermitted connectivity analyzed in ${networkText(network)}:\n` +
      lines(byNetwork.get(`${network.type} ${network.name}`) ?? [], connection),
  );
  const podHeader = 'Permitted connectivity analyzed in Pod network:\n';
  if (connection !== undefined) {
    const header = others.length > 0 && own.length > 0 ? podHeader : '';
    return `Permitted connections on ${connection}:\n${header}${lines(own, connection)}${sections.join('')}`;
  }
  const header = others.length > 0 ? podHeader + emptyPodNetwork(report, own) : '';
  const mapping = hasNetworks ? mappingTxt(report) : '';
  return `${header}${lines(own, connection)}${sections.join('')}${mapping}`;
}

function lines(rows: readonly Row[], connection: string | undefined): string {
  return rows
    .map(({ source, destination, connections }) => {
      return `${source} => ${destination}${connection === undefined ? ` : ${connections}` : ''}\n`;
    })
    .join('');
}

const networkOrder = ['pod', 'udn', 'cudn', 'nad'];

/** User-defined networks first, then those of the cluster, then further ones; each by name. */
export function sortedNetworks(networks: readonly Network[]): Network[] {
  return networks.toSorted(
    (a, b) => networkOrder.indexOf(a.type) - networkOrder.indexOf(b.type) || compareTexts(a.name, b.name),
  );
}

/** A network as reports name it, as `primary UDN green`. */
export function networkText({ type, name }: Network): string {
  if (type === 'pod') return name;
  return `${type === 'nad' ? 'secondary' : 'primary'} ${type.toUpperCase()} ${name}`;
}

function emptyPodNetwork({ connectivity }: Report, own: readonly Row[]): string {
  if (own.length > 0) return '';
  const isUsed = connectivity.workloads.some(
    (workload) => connectivity.networksOf(workload).primary.type === 'pod',
  );
  return isUsed
    ? 'All connections are not allowed for the workloads in the pod-network\n'
    : 'all input workloads are configured with (C)UDN as their primary network interface\n';
}

function mappingTxt({ connectivity }: Report): string {
  if (connectivity.workloads.length === 0) return '';
  const entries = connectivity.workloads.map((workload) => {
    const { primary, secondary } = connectivity.networksOf(workload);
    const name = primary.type === 'pod' ? primary.name : `${primary.name}[${primary.type.toUpperCase()}]`;
    const others = secondary.map((each) => `${each}[NAD]`).sort(compareTexts);
    const further = others.length === 0 ? '' : `\tSecondary Networks: ${others.join(',')}\n`;
    return `${workload.text}: \n\tPrimary Network: ${name}\n${further}`;
  });
  return `\nWorkload-to-Networks Mapping:\n${entries.join('')}`;
}

/** Who is exposed to Pods to come and to addresses outside; empty where that was not asked for. */
export function exposureTxt({ exposure, exposures, connection }: Report): string {
  if (exposure === undefined) return '';
  const width = Math.max(0, ...exposures.map(({ workload }) => workload.text.length));
  const section = (rows: readonly ExposureRow[], title: string, arrow: string) => {
    const text = rows.map(({ workload, peer, connections }) => {
      const tail = connection === undefined ? ` : ${connections}` : '';
      return `${workload.padEnd(width)} \t${arrow} \t${peer}${tail}\n`;
    });
    return text.length === 0 ? '' : `${title}\n${text.join('')}`;
  };
  const egress = section(exposure.egress, 'Egress Exposure:', '=>');
  const ingress = section(exposure.ingress, 'Ingress Exposure:', '<=');
  const unprotected =
    connection !== undefined || exposure.unprotected.length === 0
      ? ''
      : `\nWorkloads not protected by network policies:\n${exposure.unprotected.join('\n')}\n`;
  const about = connection === undefined ? '' : ` On ${connection}`;
  const gap = egress !== '' && ingress !== '' ? '\n' : '';
  return `Exposure Analysis Result${about}:\n${egress}${gap}${ingress}${unprotected}`;
}
