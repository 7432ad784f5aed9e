import { CelObject, CelOptional, type CelValue } from '../runtime/values.ts';
import type { FunctionTable } from './library.ts';

/** Kubernetes' format library: names are those of Kubernetes' own validation. */
export const formatNames = [
  'dns1123Label',
  'dns1123Subdomain',
  'dns1035Label',
  'qualifiedName',
  'dns1123LabelPrefix',
  'dns1123SubdomainPrefix',
  'dns1035LabelPrefix',
  'labelValue',
  'uri',
  'uuid',
  'byte',
  'date',
  'datetime',
] as const;

export const formatDeclarations: readonly string[] = [
  'format.named(string) -> optional_type(kubernetes.NamedFormat)',
  ...formatNames.map((name) => `format.${name}() -> kubernetes.NamedFormat`),
  'kubernetes.NamedFormat.validate(string) -> optional_type(list(string))',
];

type FormatName = (typeof formatNames)[number];

export class CelFormat extends CelObject {
  readonly typeName = 'kubernetes.NamedFormat';
  readonly name: FormatName;
  constructor(name: FormatName) {
    super();
    this.name = name;
  }
  equals(other: CelValue): boolean {
    return other instanceof CelFormat && other.name === this.name;
  }
  override field(name: string): CelValue | undefined {
    return name === 'name' ? this.name : undefined;
  }
}

/** Labels joined by single dots: checked a label at a time, so that no pattern backtracks. */
function labels(text: string, label: RegExp): boolean {
  return text.split('.').every((part) => label.test(part));
}

// Start and end are alphanumeric: tested apart, which keeps the patterns free of ambiguity.
function isLabel(text: string, characters: RegExp, first: RegExp, max: number): boolean {
  return text.length <= max && characters.test(text) && first.test(text) && /[a-zA-Z0-9]$/.test(text);
}

const isDnsLabel = (text: string) => isLabel(text, /^[-a-z0-9]+$/, /^[a-z0-9]/, 63);
const isDns1035 = (text: string) => isLabel(text, /^[-a-z0-9]+$/, /^[a-z]/, 63);
const isSubdomain = (text: string) =>
  text.length <= 253 && labels(text, /^[-a-z0-9]+$/) && text.split('.').every((part) => !/^-|-$/.test(part));
const isNamePart = (text: string) => isLabel(text, /^[-A-Za-z0-9_.]+$/, /^[A-Za-z0-9]/, 63);

/** A prefix may end in a dash, since more is put after it. */
const asPrefix = (text: string) => text.replace(/-$/, 'a');

function isQualifiedName(text: string): boolean {
  const parts = text.split('/');
  if (parts.length > 2) return false;
  const [first = '', second] = parts;
  return second === undefined ? isNamePart(first) : isSubdomain(first) && isNamePart(second);
}

function isUri(text: string): boolean {
  return (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text) || text.startsWith('/')) && !/[\x00-\x20\x7f]/.test(text);
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
  );
}

function isDatetime(text: string): boolean {
  const found = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.exec(text);
  return (
    found !== null &&
    isDate(found[1] ?? '') &&
    Number(found[2]) < 24 &&
    Number(found[3]) < 60 &&
    Number(found[4]) < 60
  );
}

const tests: Readonly<Record<FormatName, readonly [(text: string) => boolean, string]>> = {
  dns1123Label: [isDnsLabel, 'a DNS-1123 label: at most 63 lower case letters, digits and inner dashes'],
  dns1123Subdomain: [isSubdomain, 'a DNS-1123 subdomain: at most 253 characters, labels joined by dots'],
  dns1035Label: [isDns1035, 'a DNS-1035 label: at most 63 characters, the first a letter'],
  qualifiedName: [isQualifiedName, 'a qualified name: an optional DNS subdomain and slash, and a name'],
  dns1123LabelPrefix: [(text) => isDnsLabel(asPrefix(text)), 'the beginning of a DNS-1123 label'],
  dns1123SubdomainPrefix: [(text) => isSubdomain(asPrefix(text)), 'the beginning of a DNS-1123 subdomain'],
  dns1035LabelPrefix: [(text) => isDns1035(asPrefix(text)), 'the beginning of a DNS-1035 label'],
  labelValue: [
    (text) => text === '' || isNamePart(text),
    'a label value: at most 63 letters, digits, and inner - _ .',
  ],
  uri: [isUri, 'an absolute URI or an absolute path'],
  uuid: [(text) => /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text), 'a UUID'],
  byte: [(text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, 'base64 text'],
  date: [isDate, 'a full date of RFC 3339'],
  datetime: [isDatetime, 'a date and time of RFC 3339'],
};

function validate(format: CelValue, text: CelValue): CelValue | undefined {
  if (!(format instanceof CelFormat) || typeof text !== 'string') return undefined;
  const [test, description] = tests[format.name];
  return test(text) ? CelOptional.none : new CelOptional([`must be ${description}`]);
}

function named(name: CelValue): CelValue | undefined {
  if (typeof name !== 'string') return undefined;
  const known = formatNames.find((candidate) => candidate === name);
  return known === undefined ? CelOptional.none : new CelOptional(new CelFormat(known));
}

export const formatFunctions: FunctionTable = {
  'format.named': named,
  ...Object.fromEntries(formatNames.map((name) => [`format.${name}`, () => new CelFormat(name)])),
  '.validate': validate,
  'jsonpatch.escapeKey': (key) =>
    typeof key === 'string' ? key.replaceAll('~', '~0').replaceAll('/', '~1') : undefined,
};

export const jsonPatchDeclarations: readonly string[] = ['jsonpatch.escapeKey(string) -> string'];
