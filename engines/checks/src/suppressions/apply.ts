import type { SourceLocation, SourceText } from '@keelson/core';
import { type Finding, fingerprint, type Severity, type Suppression } from '@keelson/evidence';
import { type CheckedSubject, isResource } from '../findings.ts';
import { annotationDirectives } from './annotations.ts';
import { dockerfileDirectives, yamlDirectives } from './comments.ts';
import type { Directive } from './directive.ts';
import { type Exception, isExpired } from './exceptions.ts';

/** A finding together with what it is about. */
export interface SuppressibleFinding {
  finding: Finding;
  subject: CheckedSubject;
}

export interface SuppressionInput {
  findings: readonly SuppressibleFinding[];
  /** Everything that was judged: the places where directives may stand. */
  subjects: readonly CheckedSubject[];
  exceptions: readonly Exception[];
  /** Our check ids by another tool's id (`checkov:CKV_K8S_16`). */
  aliases: ReadonlyMap<string, readonly string[]>;
  /** Glob match of a file name. */
  matchesFile: (file: string, glob: string) => boolean;
  now: Date;
}

export interface SuppressionResult {
  loaded: number;
  matched: number;
  unused: number;
  expired: number;
  /** One finding for each exception that matched nothing, lacks a reason or has expired. */
  findings: Finding[];
}

/** One request to suppress, wherever it was written. */
interface Request {
  rules: ReadonlySet<string>;
  suppression: Suppression;
  label: string;
  location: SourceLocation | undefined;
  expired: boolean;
  /** Requests in other tools' spellings are not reported when they match nothing. */
  own: boolean;
  covers: (item: SuppressibleFinding) => boolean;
  matched: boolean;
}

/** Marks findings as suppressed. The verdict never changes (SARIF 2.1.0, 3.27.23). */
export function applySuppressions(input: SuppressionInput): SuppressionResult {
  const requests = [
    ...directiveRequests(input),
    ...input.exceptions.map((item) => exceptionRequest(item, input)),
  ];
  for (const request of requests) {
    for (const item of input.findings) {
      if (!request.rules.has('*') && !request.rules.has(item.finding.rule)) continue;
      if (!request.covers(item)) continue;
      request.matched = true;
      if (request.expired || request.suppression.reason === '') continue;
      item.finding.suppressions = [...(item.finding.suppressions ?? []), request.suppression];
    }
  }
  const own = requests.filter((request) => request.own);
  const count = (test: (request: Request) => boolean) => own.filter(test).length;
  return {
    loaded: requests.length,
    matched: requests.filter((request) => request.matched && !request.expired).length,
    unused: count((request) => !request.matched && !request.expired),
    expired: count((request) => request.expired),
    findings: own.flatMap(reportRequest),
  };
}

function directiveRequests(input: SuppressionInput): Request[] {
  const seen = new Set<SourceText>();
  return input.subjects.flatMap((subject) => {
    if (!isResource(subject)) {
      const covers = fileCover(subject.file);
      return dockerfileDirectives(subject.dockerfile).map((item) => directiveRequest(item, input, covers));
    }
    const requests = annotationDirectives(subject).map((item) =>
      directiveRequest(item, input, () => (other) => other.subject === subject),
    );
    const text = subject.origin.source?.text;
    if (text === undefined || seen.has(text)) return requests;
    seen.add(text);
    const covers = fileCover(text.file);
    return [...requests, ...yamlDirectives(text).map((item) => directiveRequest(item, input, covers))];
  });
}

function fileCover(file: string) {
  return ({ lines }: Directive) =>
    ({ finding }: SuppressibleFinding): boolean => {
      const [place] = finding.locations;
      if (place?.file !== file) return false;
      return (
        lines === undefined ||
        (place.line !== undefined && place.line >= lines.from && place.line <= lines.to)
      );
    };
}

function directiveRequest(
  directive: Directive,
  input: SuppressionInput,
  cover: (directive: Directive) => (item: SuppressibleFinding) => boolean,
): Request {
  const { tool, rules, reason, location } = directive;
  return {
    rules: resolveRules(rules, input.aliases, tool),
    suppression: { kind: 'in-source', reason, location },
    label: `${tool} ignore of ${rules.join(', ')}`,
    location,
    expired: false,
    own: tool === 'keelson',
    covers: cover(directive),
    matched: false,
  };
}

function exceptionRequest(exception: Exception, input: SuppressionInput): Request {
  const { rules, objects, files, reason, owner, expires, location } = exception;
  const patterns = objects.map(objectPattern);
  return {
    rules: resolveRules(rules, input.aliases, 'keelson'),
    suppression: {
      kind: 'external',
      reason,
      owner,
      ...(expires === undefined ? {} : { expires }),
      ...(location === undefined ? {} : { location }),
    },
    label: `exception for ${rules.join(', ')} (owner ${owner})`,
    location,
    expired: isExpired(exception, input.now),
    own: true,
    covers: ({ finding, subject }) => {
      const names = isResource(subject)
        ? [
            subject.kind,
            `${subject.kind}/${subject.name}`,
            `${subject.kind}/${subject.namespace ?? ''}/${subject.name}`,
          ]
        : ['Dockerfile'];
      const file = finding.locations[0]?.file ?? '';
      return (
        (patterns.length === 0 || patterns.some((pattern) => names.some((name) => pattern.test(name)))) &&
        (files.length === 0 || files.some((glob) => input.matchesFile(file, glob)))
      );
    },
    matched: false,
  };
}

function objectPattern(text: string): RegExp {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${escaped}$`);
}

function resolveRules(
  written: readonly string[],
  aliases: ReadonlyMap<string, readonly string[]>,
  tool: string,
): ReadonlySet<string> {
  return new Set(written.flatMap((id) => aliases.get(`${tool}:${id}`) ?? aliases.get(`:${id}`) ?? [id]));
}

function reportRequest(request: Request): Finding[] {
  const { location, label, suppression } = request;
  const report = (rule: string, severity: Severity, message: string): Finding[] => [
    {
      rule,
      subject: `file:${encodeURI(location?.file ?? 'keelson.yaml')}`,
      verdict: 'fail',
      severity,
      message,
      locations: location === undefined ? [] : [location],
      fingerprint: fingerprint({ rule, subject: location?.file ?? '', path: [label] }),
    },
  ];
  if (request.expired) {
    return report(
      'exception-expired',
      'medium',
      `${label} expired on ${suppression.expires ?? ''}: it suppresses nothing`,
    );
  }
  if (suppression.reason === '')
    return report('exception-without-reason', 'medium', `${label} gives no reason: it suppresses nothing`);
  return request.matched ? [] : report('exception-unused', 'low', `${label} matches no finding: remove it`);
}
