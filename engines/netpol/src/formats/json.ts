import type { ExposureRow } from './exposure-rows.ts';
import type { Report } from './report.ts';

interface Item {
  src: string;
  dst: string;
  conn?: string;
}

/** An array of `{src, dst, conn}`; with exposure an object of arrays, where none is null. */
export function reportJson({ rows, connection, exposure }: Report): string {
  const isAll = connection === undefined;
  const item = (src: string, dst: string, conn: string): Item => (isAll ? { src, dst, conn } : { src, dst });
  const list = rows.map(({ source, destination, connections }) => item(source, destination, connections));
  if (exposure === undefined) return jsonText(list);
  const side = (of: readonly ExposureRow[], isEgress: boolean) => {
    const items = of.map(({ workload, peer, connections }) =>
      isEgress ? item(workload, peer, connections) : item(peer, workload, connections),
    );
    return isAll && items.length === 0 ? null : items;
  };
  const exposed = {
    egress_exposure: side(exposure.egress, true),
    ingress_exposure: side(exposure.ingress, false),
  };
  return jsonText(
    isAll
      ? { connlist_results: list, exposure_results: exposed }
      : { connlist_conn_focus_results: list, exposure_conn_focus_results: exposed },
  );
}

const escapes: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };

/** JSON that can stand in HTML as it is. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll(/[<>&]/g, (found) => escapes[found] ?? found);
}
