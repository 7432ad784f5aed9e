import { documentsOfBase64, type ProgramContext } from '@keelson/checks';
import { type JsonObject, type Path, valueAt } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';

/** A configuration document that stands on its own, or as base64 text in a snapshot of a control plane node. */
export interface PlacedDocument {
  readonly subject: Resource;
  readonly document: JsonObject;
  /** Turns a path of the document into one of the subject; in a snapshot only the whole text can be pointed at. */
  readonly place: (path: Path) => Path;
}

const snapshotGroup = 'hostdata.kubescape.cloud';

/** The documents of one kind: the objects themselves, and those at `field` of `ControlPlaneInfo` snapshots. */
export function placedDocuments({ resources }: ProgramContext, field: string): PlacedDocument[] {
  return resources.flatMap((subject) => {
    if (subject.group !== snapshotGroup)
      return [{ subject, document: subject.object, place: (path: Path) => path }];
    const path: Path = ['data', 'APIServerInfo', field, 'content'];
    return documentsOfBase64(valueAt(subject.object, path)).map((document) => ({
      subject,
      document,
      place: () => path,
    }));
  });
}
