import { CelFault, type CelLibrary, CelObject, type CelValue } from '@keelson/cel';
import { OciError, parseRegistryReference, type RegistryReference } from '@keelson/oci';
import { registryReference } from '../../reference.ts';

/** A reference to an image as a value of an expression. */
class CelImage extends CelObject {
  readonly typeName = 'kyverno.Image';
  readonly reference: RegistryReference;
  constructor(reference: RegistryReference) {
    super();
    this.reference = reference;
  }
  equals(other: CelValue): boolean {
    if (!(other instanceof CelImage)) return false;
    const [one, two] = [this.reference, other.reference];
    return (
      registryOf(one) === registryOf(two) &&
      one.repository === two.repository &&
      identifierOf(one) === identifierOf(two)
    );
  }
}

/** Kyverno names Docker Hub by its index. */
export const registryOf = ({ registry }: RegistryReference): string =>
  registry === 'docker.io' ? 'index.docker.io' : registry;
/** The digest, else the tag. */
export const identifierOf = ({ digest, tag }: RegistryReference): string => digest ?? tag ?? 'latest';

function parsed(text: CelValue): CelImage | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return new CelImage(parseRegistryReference(text));
  } catch (error) {
    if (error instanceof OciError) throw new CelFault(error.message);
    throw error;
  }
}

const part = (read: (reference: RegistryReference) => CelValue) => (value: CelValue) =>
  value instanceof CelImage ? read(value.reference) : undefined;

/** Kyverno's library `image`: what a reference is made of. */
export const imageLibrary: CelLibrary = {
  declarations: [
    'image(string) -> kyverno.Image',
    'parseImageReference(string) -> kyverno.Image',
    'isImage(string) -> bool',
    'kyverno.Image.containsDigest() -> bool',
    ...['registry', 'repository', 'identifier', 'identifierWithSeparator', 'tag', 'digest'].map(
      (name) => `kyverno.Image.${name}() -> string`,
    ),
  ],
  functions: {
    image: (text = null) => parsed(text),
    parseImageReference: (text = null) => parsed(text),
    isImage: (text = null) => {
      if (typeof text !== 'string') return undefined;
      return registryReference(text) !== undefined;
    },
    '.containsDigest': part(({ digest }) => digest !== undefined),
    '.registry': part(registryOf),
    '.repository': part(({ repository }) => repository),
    '.identifier': part(identifierOf),
    '.identifierWithSeparator': part(
      (reference) => `${reference.digest === undefined ? ':' : '@'}${identifierOf(reference)}`,
    ),
    '.tag': part(({ tag, digest }) => (digest === undefined ? (tag ?? 'latest') : '')),
    '.digest': part(({ digest }) => digest ?? ''),
  },
  types: ['kyverno.Image'],
};
