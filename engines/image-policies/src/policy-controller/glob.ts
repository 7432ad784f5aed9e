import { slashGlob } from '../model/globs.ts';
import { registryReference, specificNames } from '../reference.ts';

/** Characters that a glob of policy-controller may hold. */
const permitted = /^[a-zA-Z0-9\-_:/*.@]+$/;
/** What Go's filepath.Match takes: classes are closed and have members, a backslash has something behind it. */
const wellFormed = /^(?:[^[\\]|\\[\s\S]|\[\^?(?:(?:\\[\s\S]|[^\\\]-])(?:-(?:\\[\s\S]|[^\\\]-]))?)+\])*$/;

/** Why policy-controller refuses a glob; undefined where it takes it. */
export function globFault(glob: string): string | undefined {
  if (!wellFormed.test(glob)) return 'syntax error in pattern';
  return permitted.test(glob) ? undefined : `invalid glob ${JSON.stringify(glob)}`;
}

/**
 * A test for names of images as policy-controller has it: `*` is anything but a slash, `**` is anything, and the glob is held against the
 * whole name, in full (`index.docker.io/library/nginx:latest`) and as it was written.
 *
 * @param glob without `globFault`
 */
export function globTest(glob: string): (image: string) => boolean {
  const pattern = glob === '*' || glob === '*/*' ? bareGlobs[glob] : glob;
  const whole = slashGlob(pattern);
  return (image) => namesOf(image).some((name) => whole.test(name));
}

const bareGlobs = { '*': 'index.docker.io/library/*', '*/*': 'index.docker.io/*/*' } as const;

/**
 * The names that an image goes by. The admission webhook sees the digest that a tag had, and a tester the tag: a policy that means either
 * is about the image.
 */
function namesOf(image: string): readonly string[] {
  const reference = registryReference(image);
  if (reference === undefined) return [image];
  const { registry, repository } = reference;
  return [
    image,
    ...specificNames(`${registry === 'docker.io' ? 'index.docker.io' : registry}/${repository}`, reference),
  ];
}
