import { markupText } from '@keelson/pages';
import { NetpolError } from '../errors.ts';
import { graphOf } from './graph.ts';
import { aloneIn, type Layout, layoutOf } from './graph-layout.ts';
import type { Report } from './report.ts';

/** Colours stand as rules: a drawing follows the reader's light or dark, and what reads no rules shows black on white. */
const style = `svg{background:#fff;color-scheme:light dark;font:12px ui-monospace,"Liberation Mono",Menlo,Consolas,monospace}
.box{fill:#f5f7fa;stroke:#6b7684}.title{font-weight:bold;fill:#161b22}.node{fill:#161b22}.port{fill:#454f5b}
.curve{fill:none;stroke:#0a4590;stroke-opacity:.6}.outside{stroke:#8f3d00}.future{stroke:#860d26;stroke-dasharray:5 3}.nothing{stroke:#454f5b;stroke-dasharray:1 4}.entry{stroke:#0b5d33;stroke-opacity:.8}
@media (prefers-color-scheme:dark){svg{background:#0e1217}.box{fill:#171c23;stroke:#8b96a3}.title,.node{fill:#e8ecf1}
.port{fill:#b3bdc8}.curve{stroke:#9cc4ff}.outside{stroke:#ffb68f}.future{stroke:#ffb1b8}.nothing{stroke:#b3bdc8}.entry{stroke:#7fe0aa}}`;

const maxDrawnPairs = 50_000;

/**
 * A drawing: sources to the left, destinations and what they are reached on to the right, by namespace.
 * @throws NetpolError NETPOL_LIMIT for more pairs than anybody could see in one
 */
export function reportSvg(report: Report): string {
  if (report.rows.length > maxDrawnPairs) {
    const many = `a drawing of ${report.rows.length} pairs is too large, which may be ${maxDrawnPairs}`;
    throw new NetpolError('NETPOL_LIMIT', `${many}: name workloads, or write another format`);
  }
  const graph = graphOf(report);
  const layout = layoutOf(graph, graph.edges, aloneIn(graph), new Set());
  const { width, height } = layout;
  const title =
    report.connection === undefined ? 'Who can reach whom' : `Who can reach whom on ${report.connection}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${markupText(title)}</title>`,
    `<style>${style}</style>`,
    ...curveLines(layout),
    ...boxLines(layout),
    '</svg>',
    '',
  ].join('\n');
}

function curveLines({ curves }: Layout): string[] {
  return curves.map(
    ({ path, title, type }) =>
      `<path class="curve ${type}" fill="none" stroke="#0a4590" d="${path}"><title>${markupText(title)}</title></path>`,
  );
}

function boxLines({ boxes, lines }: Layout): string[] {
  return [
    ...boxes.map(
      ({ x, y, width, height, title }) =>
        `<rect class="box" fill="#f5f7fa" stroke="#6b7684" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>` +
        `<text class="title" x="${x + 8}" y="${y + 16}">${markupText(title)}</text>`,
    ),
    ...lines.map(({ x, y, text, full, isPort }) => {
      const whole = text === full ? '' : `<title>${markupText(full)}</title>`;
      return `<text class="${isPort ? 'port' : 'node'}" x="${x}" y="${y}">${markupText(text)}${whole}</text>`;
    }),
  ];
}
