import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { formatCount } from './bits.tsx';
import { usePage } from './context.ts';
import { listOf, noNamespace } from './filter.ts';
import { type Model, severityNames } from './model.ts';
import type { Query, QueryKey } from './route.ts';

const fixNames: Readonly<Record<string, string>> = {
  auto: 'mended by --fix',
  named: 'mended when named',
  choice: 'a person chooses a value',
  manual: 'by hand',
};
const stateNames: Readonly<Record<string, string>> = {
  new: 'New',
  unchanged: 'Unchanged',
  'not-comparable': 'Not comparable',
};
const exceptionNames: Readonly<Record<string, string>> = {
  with: 'shown too',
  only: 'only these',
};
const groupNames: Readonly<Record<string, string>> = { object: 'Object', check: 'Check', file: 'File' };

/** The controls that narrow the list. */
export function Filters({ bySeverity }: { bySeverity: readonly number[] }) {
  const { model, route, narrow } = usePage();
  const [open, setOpen] = useState(false);
  const { query } = route;
  const choices = useMemo(() => choicesOf(model), [model]);
  const framework = model.data.frameworks.find(({ id }) => id === query.framework);
  const set = (key: QueryKey, value: string) => narrow({ ...query, page: '', [key]: value });
  return (
    <search class="filters" aria-label="Findings">
      <Field id="q" label="Search">
        <input
          id="q"
          type="search"
          value={query.q ?? ''}
          placeholder="check, object, file, message"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => set('q', event.currentTarget.value)}
        />
      </Field>
      <button
        type="button"
        class="toggle"
        aria-expanded={open}
        aria-controls="filters"
        onClick={() => setOpen(!open)}
      >
        {open ? 'Hide filters' : 'Filters'}
      </button>
      <div id="filters" class={open ? 'open' : ''}>
        <Boxes
          legend="Severity"
          name="severity"
          values={severityNames.map((name, i) => [name.toLowerCase(), name, bySeverity[i] ?? 0] as const)}
          picked={listOf(query.severity)}
          onPick={(list) => set('severity', list.join(','))}
        />
        {model.columns.state === undefined ? null : (
          <Boxes
            legend={`Compared with ${model.data.comparison?.against ?? 'the other state'}`}
            name="state"
            values={Object.entries(stateNames).map(([value, name]) => [value, name, undefined] as const)}
            picked={listOf(query.state)}
            onPick={(list) => set('state', list.join(','))}
          />
        )}
        <Choice name="by" label="Group by" any={undefined} values={Object.entries(groupNames)} />
        <Choice name="namespace" label="Namespace" values={choices.namespaces} />
        <Choice name="kind" label="Kind" values={choices.kinds} />
        <Field id="object" label="Object">
          <input
            id="object"
            type="text"
            value={query.object ?? ''}
            placeholder="part of its name"
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => set('object', event.currentTarget.value)}
          />
        </Field>
        <Choice name="check" label="Check" values={choices.checks} />
        {choices.frameworks.length === 0 ? null : (
          <Choice name="framework" label="Framework" values={choices.frameworks} />
        )}
        {framework === undefined ? null : (
          <Choice
            name="control"
            label="Control"
            values={framework.controls.map(({ id, title }): [string, string] => [id, `${id} ${title}`])}
          />
        )}
        <Choice name="fix" label="Fix" values={Object.entries(fixNames)} />
        <Choice name="exceptions" label="Suppressed" any="left out" values={Object.entries(exceptionNames)} />
      </div>
    </search>
  );
}

function Field({ id, label, children }: { id: string; label: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
    </div>
  );
}

interface ChoiceProps {
  name: QueryKey;
  label: string;
  /** What no choice is called; undefined when there is always one, the first. */
  any?: string | undefined;
  values: readonly (readonly [value: string, name: string])[];
}

function Choice(props: ChoiceProps) {
  const { route, narrow } = usePage();
  const { query } = route;
  const { name, label, values } = props;
  const any = 'any' in props ? props.any : 'any';
  const pick = (value: string) =>
    narrow({ ...query, page: '', ...(name === 'framework' ? { control: '' } : {}), [name]: value });
  return (
    <Field id={name} label={label}>
      <select id={name} value={query[name] ?? ''} onChange={(event) => pick(event.currentTarget.value)}>
        {any === undefined ? null : <option value="">{any}</option>}
        {values.map(([value, text], i) => (
          <option value={any === undefined && i === 0 ? '' : value} key={value}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface BoxesProps {
  legend: string;
  name: string;
  values: readonly (readonly [value: string, name: string, count: number | undefined])[];
  picked: readonly string[];
  onPick: (picked: string[]) => void;
}

function Boxes({ legend, name, values, picked, onPick }: BoxesProps) {
  const order = values.map(([value]) => value);
  return (
    <fieldset>
      <legend>{legend}</legend>
      {values.map(([value, text, count]) => (
        <label class="box" key={value}>
          <input
            type="checkbox"
            name={name}
            value={value}
            checked={picked.includes(value)}
            onChange={(event) => {
              const { checked } = event.currentTarget;
              onPick(order.filter((other) => (other === value ? checked : picked.includes(other))));
            }}
          />
          <span>{text}</span>
          {count === undefined ? null : <span class="number">{formatCount(count)}</span>}
        </label>
      ))}
    </fieldset>
  );
}

/** What is narrowed, in words, each with a button that takes it away. */
export function ActiveFilters() {
  const { model, route, narrow } = usePage();
  const { query } = route;
  const active = labels.flatMap(([key, label]) => {
    const value = query[key];
    return value === undefined || value === ''
      ? []
      : [{ key, text: `${label}: ${wordsFor(model, key, value)}` }];
  });
  if (active.length === 0) return null;
  const without = (key: QueryKey): Query => ({
    ...query,
    page: '',
    [key]: '',
    ...(key === 'framework' ? { control: '' } : {}),
  });
  return (
    <ul class="active" aria-label="Filters in use">
      {active.map(({ key, text }) => (
        <li key={key}>
          <button type="button" onClick={() => narrow(without(key))}>
            <span class="wrap">{text}</span> <span aria-hidden="true">✕</span>
            <span class="unseen"> remove</span>
          </button>
        </li>
      ))}
      <li>
        <button type="button" onClick={() => narrow(query.by === undefined ? {} : { by: query.by })}>
          Clear all
        </button>
      </li>
    </ul>
  );
}

const labels: readonly (readonly [QueryKey, string])[] = [
  ['q', 'Search'],
  ['severity', 'Severity'],
  ['state', 'State'],
  ['namespace', 'Namespace'],
  ['kind', 'Kind'],
  ['object', 'Object'],
  ['check', 'Check'],
  ['framework', 'Framework'],
  ['control', 'Control'],
  ['fix', 'Fix'],
  ['exceptions', 'Suppressed'],
];

function wordsFor(model: Model, key: QueryKey, value: string): string {
  if (key === 'fix') return fixNames[value] ?? value;
  if (key === 'exceptions') return exceptionNames[value] ?? value;
  if (key === 'namespace' && value === noNamespace) return 'none';
  if (key === 'framework') return model.data.frameworks.find(({ id }) => id === value)?.title ?? value;
  return listOf(value).join(', ');
}

function choicesOf({ data, columns }: Model) {
  const found = new Set(columns.rule);
  const plain = (values: Iterable<string>) =>
    [...new Set(values)].sort((a, b) => a.localeCompare(b)).map((value): [string, string] => [value, value]);
  const namespaces = data.objects.map(([, namespace]) => namespace);
  return {
    namespaces: [
      ...(namespaces.includes('') ? [[noNamespace, 'none'] as const] : []),
      ...plain(namespaces.filter((name) => name !== '')),
    ],
    kinds: plain(data.objects.map(([kind]) => kind)),
    checks: plain(data.rules.flatMap(({ id }, i) => (found.has(i) ? [id] : []))),
    frameworks: data.frameworks.map(({ id, title, version }): [string, string] => [
      id,
      title.includes(version) ? title : `${title} ${version}`,
    ]),
  };
}
