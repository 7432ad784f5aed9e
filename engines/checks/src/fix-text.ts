import { isKeelsonError, type JsonObject, type Path, type SourceText, valueAt } from '@keelson/core';
import { editDockerfile } from '@keelson/dockerfile';
import type { PatchOperation, TextEdit } from '@keelson/evidence';
import { stringifyYaml, type YamlEdit, YamlEditor } from '@keelson/yaml';
import type { CheckFix } from './check.ts';
import { type CheckedSubject, isResource } from './findings.ts';

/** The patch of one violation, with what it speaks of. */
export interface SubjectPatch {
  subject: CheckedSubject;
  patch: CheckFix['patch'];
  objects: readonly JsonObject[];
}

/** Edits of a text, offsets in the text before, and the text after. */
export interface EditedText {
  text: string;
  edits: TextEdit[];
}

/** The text that a subject stands in; undefined when it was rendered from others. */
export function textOf(subject: CheckedSubject): SourceText | undefined {
  return isResource(subject) ? subject.origin.source?.text : subject.dockerfile.source;
}

/** Edits one text, again and again: it is read once, and no edit is in what the next one starts from. */
export class TextEditor {
  readonly #source: SourceText;
  #yaml: YamlEditor | undefined;

  constructor(source: SourceText) {
    this.#source = source;
  }

  /**
   * Applies patches of subjects that stand in the text.
   * @returns undefined when the editor cannot make one of them without changing more than was asked
   */
  edit(patches: readonly SubjectPatch[]): EditedText | undefined {
    // A file of JSON holds one document.
    if (this.#source.file.endsWith('.json') && patches.some(({ objects }) => objects.length > 0))
      return undefined;
    try {
      return patches.some(({ subject }) => !isResource(subject))
        ? editDockerfileText(this.#source, patches)
        : this.#editYaml(patches);
    } catch (error) {
      if (isKeelsonError(error)) return undefined;
      throw error;
    }
  }

  #editYaml(patches: readonly SubjectPatch[]): EditedText {
    const wanted = patches.flatMap(({ subject, patch }) => {
      const place = isResource(subject) ? subject.origin.source : undefined;
      if (place === undefined || !isResource(subject)) return [];
      return patch.flatMap((operation) => {
        const edit = toYamlEdit(operation, place.prefix, subject.object);
        return edit === undefined ? [] : [{ document: place.document, edit }];
      });
    });
    this.#yaml ??= new YamlEditor(this.#source.text);
    const { text, edits } = this.#yaml.edit(wanted);
    const { file } = this.#source;
    const own = edits.map((edit) => ({ file, ...edit }));
    const objects = patches.flatMap((patch) => patch.objects);
    if (objects.length === 0) return { text, edits: own };
    const added = documentsBehind(text, objects);
    const { length: end } = this.#source.text;
    return { text: text + added, edits: [...own, { file, start: end, end, text: added }] };
  }
}

/** Objects as documents that follow a text. */
function documentsBehind(text: string, objects: readonly JsonObject[]): string {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const lead = text === '' || text.endsWith('\n') ? '' : lineBreak;
  const documents = objects.map((object) => `---\n${stringifyYaml(object)}`.replaceAll('\n', lineBreak));
  return lead + documents.join('');
}

function toYamlEdit(
  operation: PatchOperation,
  prefix: Path,
  object: Parameters<typeof valueAt>[0],
): YamlEdit | undefined {
  const path = [...prefix, ...operation.path];
  if (operation.op === 'remove') {
    return valueAt(object, operation.path) === undefined ? undefined : { op: 'delete', path };
  }
  const isItem = typeof operation.path.at(-1) === 'number';
  return { op: isItem && operation.op === 'add' ? 'insert' : 'set', path, value: operation.value ?? null };
}

function editDockerfileText(source: SourceText, patches: readonly SubjectPatch[]): EditedText {
  const edits = patches.flatMap(({ subject, patch }) =>
    isResource(subject) ? [] : editDockerfile(subject.dockerfile, patch),
  );
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let text = '';
  let done = 0;
  const taken: TextEdit[] = [];
  for (const edit of sorted) {
    if (edit.start < done) continue;
    text += source.text.slice(done, edit.start) + edit.text;
    done = edit.end;
    taken.push({ file: source.file, start: edit.start, end: edit.end, text: edit.text });
  }
  return { text: text + source.text.slice(done), edits: taken };
}
