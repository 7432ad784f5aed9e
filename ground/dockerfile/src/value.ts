import {
  childOf,
  createObject,
  isObject,
  type JsonObject,
  type JsonValue,
  objectOf,
  type Path,
  type Span,
} from '@keelson/core';
import { commandValue, flagsOf } from './command-value.ts';
import { splitImageName } from './image-name.ts';
import type { Dockerfile, Instruction, Stage } from './model.ts';
import { SpanTable } from './span-table.ts';

/** A Dockerfile as plain values, and where each of them stands. */
interface View {
  readonly value: JsonObject;
  readonly spans: SpanTable;
}

const views = new WeakMap<Dockerfile, View>();

function viewOf(dockerfile: Dockerfile): View {
  let view = views.get(dockerfile);
  if (view === undefined) {
    view = build(dockerfile);
    views.set(dockerfile, view);
  }
  return view;
}

/**
 * The Dockerfile as plain JSON values for CEL checks; the shape stands in this package's README. Every
 * field is always there: what is not written is empty, so that checks need no presence tests.
 */
export function dockerfileValue(dockerfile: Dockerfile): JsonObject {
  return viewOf(dockerfile).value;
}

/** Source range of a path into `dockerfileValue`; a missing or plain field is found at its nearest parent. */
export function locateDockerfile(dockerfile: Dockerfile, path: Path): Span {
  const { value, spans } = viewOf(dockerfile);
  let current: JsonValue | undefined = value;
  let span: Span = dockerfile.stages[0]?.from.span ?? { start: 0, end: 0 };
  for (const step of path) {
    if (current === undefined) break;
    const parent: JsonValue = current;
    current = childOf(parent, step);
    span = spans.find(parent, step, current) ?? span;
  }
  return span;
}

function build(dockerfile: Dockerfile): View {
  const spans = new SpanTable();
  const value = createObject();
  const used = usedStages(dockerfile.stages);
  const stages = dockerfile.stages.map((stage) => stageValue(stage, dockerfile, used, spans));
  value['directives'] = objectOf(dockerfile.directives);
  value['globalArgs'] = dockerfile.globalArgs.map((item) => instructionValue(item, dockerfile, spans, false));
  value['stages'] = stages;
  value['finalStage'] = stages.at(-1) ?? null;
  value['comments'] = dockerfile.comments.map((comment) =>
    spans.mark(objectOf([['text', comment.text]]), comment.span),
  );
  return { value, spans };
}

/** Stages that end up in the last one, through FROM, `COPY --from` and `RUN --mount=from=`. */
function usedStages(stages: readonly Stage[]): ReadonlySet<number> {
  const sources = sourcesOf(stages);
  const used = new Set<number>();
  const open = [stages.length - 1];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index < 0 || used.has(index)) continue;
    used.add(index);
    open.push(...(sources[index] ?? []));
  }
  return used;
}

/** For each stage the earlier ones that it takes something from, named by name or number. */
function sourcesOf(stages: readonly Stage[]): ReadonlySet<number>[] {
  const named = new Map<string, number>();
  return stages.map((stage, index) => {
    const sources = new Set<number>();
    if (stage.baseStage !== undefined) sources.add(stage.baseStage);
    for (const instruction of stage.instructions) {
      for (const flag of (instruction.onbuild ?? instruction).flags) {
        const name = flag.name === 'from' ? flag.value : /(?:^|,)from=([^,]+)/.exec(flag.value)?.[1];
        if (name === undefined) continue;
        const source = named.get(name.toLowerCase()) ?? (/^\d{1,6}$/.test(name) ? Number(name) : index);
        if (source < index) sources.add(source);
      }
    }
    if (stage.name !== undefined) named.set(stage.name, index);
    return sources;
  });
}

function stageValue(
  stage: Stage,
  dockerfile: Dockerfile,
  used: ReadonlySet<number>,
  spans: SpanTable,
): JsonObject {
  const image = splitImageName(stage.baseStage === undefined ? stage.base : '');
  const out = createObject();
  out['index'] = stage.index;
  out['name'] = stage.name ?? '';
  out['base'] = stage.base;
  out['baseStage'] = stage.baseStage ?? -1;
  out['baseImage'] = objectOf(Object.entries({ ...image }));
  out['isFinal'] = stage.index === dockerfile.stages.length - 1;
  out['isUsed'] = used.has(stage.index);
  out['platform'] = stage.platform ?? '';
  out['user'] = stage.user ?? '';
  out['shell'] = [...(stage.shell ?? [])];
  out['env'] = objectOf(stage.env);
  out['hasHealthcheck'] = hasHealthcheck(stage, dockerfile.stages);
  out['line'] = dockerfile.source.position(stage.from.span.start).line;
  const last = new Map(stage.instructions.map((item) => [item.keyword, item]));
  const programs = createObject();
  out['instructions'] = stage.instructions.flatMap((item) => {
    const own = instructionValue(item, dockerfile, spans, false);
    own['isLast'] = last.get(item.keyword) === item;
    if (item.keyword === 'RUN') countPrograms(own, programs);
    return item.onbuild === undefined
      ? [own]
      : [own, instructionValue(item.onbuild, dockerfile, spans, true)];
  });
  out['programs'] = programs;
  return spans.mark(out, stage.from.span);
}

/** How often the stage's RUNs call each program. */
function countPrograms(instruction: JsonObject, programs: JsonObject): void {
  const commands = instruction['commands'];
  for (const command of Array.isArray(commands) ? commands : []) {
    const name = isObject(command) ? command['name'] : undefined;
    if (typeof name !== 'string' || name === '') continue;
    const before = Object.hasOwn(programs, name) ? programs[name] : 0;
    programs[name] = typeof before === 'number' ? before + 1 : 1;
  }
}

/** HEALTHCHECK is inherited along FROM; NONE switches it off. */
function hasHealthcheck(stage: Stage, stages: readonly Stage[]): boolean {
  let current: Stage | undefined = stage;
  while (current !== undefined) {
    const own = current.instructions.findLast((item) => item.keyword === 'HEALTHCHECK');
    if (own !== undefined) return own.args[0]?.value !== 'NONE';
    current = current.baseStage === undefined ? undefined : stages[current.baseStage];
  }
  return false;
}

function instructionValue(
  item: Instruction,
  dockerfile: Dockerfile,
  spans: SpanTable,
  trigger: boolean,
): JsonObject {
  const out = createObject();
  out['keyword'] = item.keyword;
  out['trigger'] = trigger;
  out['isLast'] = false;
  out['form'] = item.form;
  out['value'] = item.value;
  out['line'] = dockerfile.source.position(item.span.start).line;
  out['user'] = item.user ?? '';
  out['shell'] = [...(item.shell ?? [])];
  out['flags'] = flagsOf(item.flags, 'value', spans);
  out['writtenFlags'] = flagsOf(item.flags, 'written', spans);
  out['args'] = spans.markItems(
    item.args.map((arg) => arg.expanded),
    item.args.map((arg) => arg.span),
  );
  out['pairs'] = item.pairs.map((pair) => {
    const entries: [string, JsonValue][] = [
      ['name', pair.name],
      ['value', pair.value ?? ''],
      ['isSet', pair.value !== undefined],
    ];
    return spans.mark(objectOf(entries), pair.span);
  });
  out['heredocs'] = item.heredocs.map(({ name, expand, content, span }) =>
    spans.mark(objectOf(Object.entries({ name, expand, content })), span),
  );
  out['text'] = item.commands.flatMap((c) => (c.depth === 0 ? [c.words.join(' ')] : [])).join(' ; ');
  out['commands'] = item.commands.map((command) => commandValue(command, dockerfile.source, spans));
  out['written'] = item.written.map((command) => commandValue(command, dockerfile.source, spans));
  return spans.mark(out, item.span);
}
