import { type JsonValue, objectOf, stringifyJson } from '@keelson/core';
import { algorithmOf, type Digest, hexOf } from '@keelson/oci';
import { cosignSignPredicate } from '../images/verify-image.ts';

export interface StatementInput {
  readonly predicateType: string;
  readonly predicate: JsonValue;
  readonly subject: {
    readonly name?: string;
    readonly digest: Digest;
    readonly annotations?: ReadonlyMap<string, string>;
  };
}

/** An in-toto Statement v1 about one thing, as bytes to be signed. */
export function writeStatement({ predicateType, predicate, subject }: StatementInput): Uint8Array {
  const { name, digest, annotations = new Map() } = subject;
  const described = objectOf([
    ...(name === undefined ? [] : [['name', name] as const]),
    ['digest', objectOf([[algorithmOf(digest), hexOf(digest)]])],
    ...(annotations.size === 0 ? [] : [['annotations', objectOf(annotations)] as const]),
  ]);
  const statement = objectOf([
    ['_type', 'https://in-toto.io/Statement/v1'],
    ['subject', [described]],
    ['predicateType', predicateType],
    ['predicate', predicate],
  ]);
  return Buffer.from(stringifyJson(statement));
}

/** The Statement that is cosign's signature of an image: it says nothing but which image it is. */
export function imageStatement(image: Digest, annotations: ReadonlyMap<string, string>): Uint8Array {
  return writeStatement({
    predicateType: cosignSignPredicate,
    predicate: objectOf([]),
    subject: { digest: image, annotations },
  });
}
