import { type CloudBuildExpectations, type VerifiedCloudBuild, verifyCloudBuild } from '@keelson/attestation';
import { isObject, JsonSyntaxError, objectOf, parseJsonBytes } from '@keelson/core';
import { type PublicKey, publicKeyFromPem } from '@keelson/pki';
import { terminalSafe } from '@keelson/report';
import { CommandError } from '../../errors.ts';
import { annotationsOf } from '../annotations.ts';
import type { NamedArtifact } from '../artifact-operand.ts';
import { readFrom } from '../input.ts';
import { idText } from './build-text.ts';
import { judgedAlone, toldOfAll } from './judged.ts';
import type { Told } from './way.ts';

/** True for what gcloud prints of an image; whether it can be read is told where it is. */
export function isCloudBuild(document: Uint8Array): boolean {
  try {
    const value = parseJsonBytes(document);
    return isObject(value) && Object.hasOwn(value, 'provenance_summary');
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

/** What is told of images by a provenance of Google Cloud Build. */
export function toldOfCloudBuild(
  images: readonly NamedArtifact[],
  from: {
    readonly file: string;
    readonly document: Uint8Array;
    readonly keys: readonly string[] | undefined;
  },
  expected: CloudBuildExpectations,
  values: { readonly 'print-provenance'?: boolean | undefined },
): Told {
  const keys = keysOf(from.keys);
  const judged = images.map(({ name, digest }) => {
    if (digest === undefined)
      throw new CommandError(
        'USAGE',
        `${name}: Cloud Build builds images, so give sha256:HEX or NAME@sha256:HEX`,
      );
    return judgedAlone({ name, digest }, from.file, () =>
      verifyCloudBuild(from.document, digest, keys, expected),
    );
  });
  return toldOfAll(judged, {
    what: 'provenance',
    linesOf: linesOf(expected),
    jsonOf: ({ builder }) => ({ builder: idText(builder) }),
    prints: values['print-provenance'] === true,
    statementOf: ({ provenance: { signed } }) =>
      objectOf(signed.names().map((name) => [name, signed.value(name) ?? null])),
  });
}

const linesOf =
  ({ tag, versionedTag }: CloudBuildExpectations) =>
  ({ builder }: VerifiedCloudBuild): readonly string[] => [
    `built by ${terminalSafe(idText(builder))}`,
    'by a key of Cloud Build',
    ...(tag === undefined && versionedTag === undefined
      ? ['not checked: of which tag, since none is asked for']
      : []),
    'not checked: no entry of a transparency log',
  ];

function keysOf(texts: readonly string[] | undefined): ReadonlyMap<string, PublicKey> {
  if (texts === undefined)
    throw new CommandError(
      'USAGE',
      'a provenance of Cloud Build: whose signature counts? Give --cloud-build-key NAME=FILE',
    );
  const files = annotationsOf(texts, 'cloud-build-key');
  return new Map(
    [...files].map(([name, file]) => [
      name,
      readFrom(file, (bytes) => publicKeyFromPem(bytes.toString('utf8'))),
    ]),
  );
}
