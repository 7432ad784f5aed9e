import type { DockerfileInput, ProgramContext, Violation } from '@keelson/checks';
import type { JsonObject, Path } from '@keelson/core';
import { mappingsAt, textAt, textsAt } from '../fields.ts';
import { type PlacedStage, placedStages } from './stage-instructions.ts';

/** A file that an instruction put into a layer. */
interface AddedFile {
  readonly target: string;
  readonly path: Path;
}

const secretName =
  /secret|passw|credential|token|id_(?:rsa|dsa|ecdsa|ed25519)|\.(?:pem|key|p12|pfx|jks|npmrc|netrc|env)$|\.(?:ssh|aws|kube|docker)(?:\/|$)/i;

/** Files that COPY or ADD bring and a later RUN of the stage removes: they stay in the layer that brought them. */
export function* removedLater(context: ProgramContext): Iterable<Violation> {
  for (const input of context.dockerfiles) {
    for (const stage of placedStages(input)) {
      if (stage.value['isUsed'] === true) yield* judgeStage(input, stage);
    }
  }
}

function* judgeStage(input: DockerfileInput, stage: PlacedStage): Iterable<Violation> {
  let folder = '/';
  const added = new Map<string, AddedFile>();
  for (const { value, path } of stage.instructions) {
    const keyword = textAt(value, ['keyword']);
    if (keyword === 'WORKDIR') folder = resolvePath(folder, textsAt(value, ['args'])[0] ?? '');
    else if (keyword === 'COPY' || keyword === 'ADD') {
      for (const file of addedFiles(value, folder, path)) added.set(file.target, file);
    } else if (keyword === 'RUN') {
      for (const target of removedFiles(value, folder)) {
        const file = added.get(target);
        if (file === undefined) continue;
        added.delete(target);
        const isSecret = secretName.test(target);
        yield {
          subject: input,
          path: file.path,
          message: `${target} is removed in a later layer but stays in this one`,
          related: [{ subject: input, path }],
          severity: isSecret ? 'high' : 'low',
        };
      }
    }
  }
}

function addedFiles(value: JsonObject, folder: string, path: Path): AddedFile[] {
  const args = textsAt(value, ['args']);
  const target = args.at(-1);
  if (target === undefined || target.includes('$')) return [];
  const sources = args.slice(0, -1);
  const into = resolvePath(folder, target);
  const isFolder = /(?:^|\/)\.{0,2}$/.test(target) || target.endsWith('/') || sources.length > 1;
  return sources.flatMap((source) => {
    if (/[*?$[]/.test(source)) return [];
    const name = source.slice(source.lastIndexOf('/') + 1);
    return [{ target: isFolder ? resolvePath(into, name) : into, path }];
  });
}

function removedFiles(value: JsonObject, folder: string): string[] {
  let current = folder;
  const out: string[] = [];
  for (const { item: command } of mappingsAt(value, ['commands'])) {
    const args = textsAt(command, ['args']);
    const name = textAt(command, ['name']);
    if (name === 'cd' && args[0] !== undefined) current = resolvePath(current, args[0]);
    if (name !== 'rm' && name !== 'unlink' && name !== 'shred') continue;
    for (const arg of args) {
      if (!arg.startsWith('-') && !/[*?$[]/.test(arg)) out.push(resolvePath(current, arg));
    }
  }
  return out;
}

/** An absolute path from a folder and what was written; `..` does not leave the root. */
function resolvePath(folder: string, written: string): string {
  const steps: string[] = [];
  for (const step of (written.startsWith('/') ? written : `${folder}/${written}`).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return `/${steps.join('/')}`;
}
