import { isObject, type JsonObject, type Path, type SourceLocation } from '@keelson/core';
import { PolicyError, type PolicyErrorCode } from '../errors.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../json.ts';
import { CelEngine } from './cel-engine.ts';
import { type Engine, type EngineName, type EngineOptions, engineNames } from './engine.ts';
import { RegoEngine, type TemplateModule } from './rego-engine.ts';

/** A document of policies and where its parts stand. */
export interface PolicyDocument {
  readonly object: JsonObject;
  readonly locate?: (path: Path) => SourceLocation | undefined;
}

/** A kind of constraint, with the code that judges for it. */
export interface Template {
  readonly document: PolicyDocument;
  /** Kind of the constraints. */
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  /** OpenAPI schema of `spec.parameters`. */
  readonly schema: JsonObject;
  /** Fields that the schema does not name are kept, as for templates of the first versions. */
  readonly keepsUnknown: boolean;
  /** Requests that it looks at; empty for all. */
  readonly operations: readonly string[];
  /** Languages that the template is written in, the one that rules first. */
  readonly engines: readonly EngineName[];
  /** The code in one of its languages, compiled when it is first asked for. */
  engine(name: EngineName): Engine;
}

/** An error at the place of a path in the document. */
export function documentError(
  code: PolicyErrorCode,
  message: string,
  { locate }: PolicyDocument,
  path: Path = [],
): PolicyError {
  const location = locate?.(path);
  return new PolicyError(code, message, location === undefined ? {} : { location });
}

/**
 * Reads a ConstraintTemplate. Of several languages CEL rules and Rego is not asked, as in Gatekeeper; the old
 * field `rego` comes before Rego in `code`. The ruling language is compiled at once.
 * @throws PolicyError POLICY_TEMPLATE, POLICY_CODE
 */
export function readTemplate(document: PolicyDocument, options: EngineOptions = {}): Template {
  const { object } = document;
  const fault = (message: string, path: Path = []) =>
    documentError('POLICY_TEMPLATE', message, document, path);
  const kind = textAt(object, 'spec', 'crd', 'spec', 'names', 'kind');
  if (kind === '') throw fault('the template names no kind', ['spec', 'crd', 'spec', 'names']);
  if (textAt(object, 'metadata', 'name') !== kind.toLowerCase()) {
    throw fault(`the template of ${kind} must be called ${kind.toLowerCase()}`, ['metadata', 'name']);
  }
  const targets = objectsAt(object, 'spec', 'targets');
  const [target] = targets;
  if (target === undefined || targets.length > 1)
    throw fault('a template has one target', ['spec', 'targets']);
  if (target['target'] !== admissionTarget)
    throw fault(`the target of a template is ${admissionTarget}`, ['spec', 'targets', 0]);
  const sources = sourcesOf(target);
  const engines = engineNames.filter((name) => sources.has(name));
  const [ruling] = engines;
  if (ruling === undefined) {
    throw fault('the template has code for neither Rego nor K8sNativeValidation', ['spec', 'targets', 0]);
  }
  const made = new Map<EngineName, Engine>();
  const engine = (name: EngineName): Engine => {
    const source = sources.get(name);
    if (source === undefined) throw fault(`the template has no code for ${name}`);
    let ready = made.get(name);
    if (ready === undefined) {
      ready = name === 'Rego' ? regoEngine(source, document, options) : celEngine(source, document);
      made.set(name, ready);
    }
    return ready;
  };
  engine(ruling);
  const annotations = objectAt(object, 'metadata', 'annotations');
  return {
    document,
    kind,
    title: textAt(annotations, 'metadata.gatekeeper.sh/title') || kind,
    description: textAt(annotations, 'description').trim(),
    schema: objectAt(object, 'spec', 'crd', 'spec', 'validation', 'openAPIV3Schema'),
    keepsUnknown: isLegacy(object),
    operations: textsAt(target, 'operations'),
    engines,
    engine,
  };
}

/** `legacySchema`, whose default is true before v1. */
function isLegacy(object: JsonObject): boolean {
  const written = objectAt(object, 'spec', 'crd', 'spec', 'validation')['legacySchema'];
  return typeof written === 'boolean' ? written : !textAt(object, 'apiVersion').endsWith('/v1');
}

const admissionTarget = 'admission.k8s.gatekeeper.sh';

interface Source {
  readonly value: JsonObject;
  readonly path: Path;
}

function sourcesOf(target: JsonObject): ReadonlyMap<EngineName, Source> {
  const sources = new Map<EngineName, Source>();
  const at: Path = ['spec', 'targets', 0];
  if (textAt(target, 'rego') !== '') sources.set('Rego', { value: target, path: at });
  for (const [i, code] of objectsAt(target, 'code').entries()) {
    const name = engineNames.find((each) => each === code['engine']);
    const value = code['source'];
    if (name === undefined || sources.has(name) || !isObject(value)) continue;
    sources.set(name, { value, path: [...at, 'code', i, 'source'] });
  }
  return sources;
}

function celEngine({ value, path }: Source, { locate }: PolicyDocument): Engine {
  return new CelEngine(value, (below) => locate?.([...path, ...below]));
}

function regoEngine({ value, path }: Source, document: PolicyDocument, options: EngineOptions): Engine {
  const moduleAt = (text: string, at: Path): TemplateModule => ({
    text,
    locate: (line) => lineOf(text, line, document.locate?.(at)),
  });
  const libraries = textsAt(value, 'libs').map((text, i) => moduleAt(text, [...path, 'libs', i]));
  const entry = moduleAt(textAt(value, 'rego'), [...path, 'rego']);
  return new RegoEngine(entry, libraries, value['version'] === 'v1' ? 'v1' : 'v0', options);
}

/** The place of a line in a text that stands as a block below the place given. */
function lineOf(text: string, line: number, at: SourceLocation | undefined): SourceLocation | undefined {
  if (at?.line === undefined || !text.trimEnd().includes('\n')) return at;
  return { file: at.file, line: at.line + line };
}
