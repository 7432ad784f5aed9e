import type { SourceLocation, SourceText } from '@keelson/core';
import { type Finding, fingerprint, type Severity, type Suppression } from '@keelson/evidence';
import { type CheckedSubject, isResource } from '../findings.ts';
import { annotationDirectives } from './annotations.ts';
import { dockerfileDirectives, yamlDirectives } from './comments.ts';
import type { Directive } from './directive.ts';
import { type Exception, isExpired } from './exceptions.ts';
import { FindingIndex, type SuppressibleFinding } from './finding-index.ts';
import { foreignIdForm } from './foreign-id.ts';
import { objectPattern } from './object-pattern.ts';

export interface SuppressionInput {
  findings: readonly SuppressibleFinding[];
  /** Everything that was judged: the places where directives may stand. */
  subjects: readonly CheckedSubject[];
  exceptions: readonly Exception[];
  /** Our check ids by another tool's id (`checkov:CKV_K8S_16`). */
  aliases: ReadonlyMap<string, readonly string[]>;
  /** Ids of all checks that there are. */
  known: ReadonlySet<string>;
  /** A test of file names by a glob, made once for each exception. */
  fileTest: (glob: string) => (file: string) => boolean;
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
  /** The findings that it speaks of, whatever their rule. */
  covered: (index: FindingIndex) => readonly SuppressibleFinding[];
  matched: boolean;
}

/** Marks findings as suppressed. The verdict never changes (SARIF 2.1.0, 3.27.23). */
export function applySuppressions(input: SuppressionInput): SuppressionResult {
  const requests = [
    ...directiveRequests(input),
    ...input.exceptions.map((item) => exceptionRequest(item, input)),
  ];
  const index = new FindingIndex(input.findings);
  for (const request of requests) {
    for (const item of request.covered(index)) {
      if (!request.rules.has('*') && !request.rules.has(item.finding.rule)) continue;
      request.matched = true;
      if (request.expired || request.suppression.reason === '') continue;
      item.finding.suppressions = [...(item.finding.suppressions ?? []), request.suppression];
    }
  }
  const own = requests.filter((request) => request.own);
  // Those in other tools' spellings too: the numbers add up.
  const count = (test: (request: Request) => boolean) => requests.filter(test).length;
  return {
    loaded: requests.length,
    matched: count((request) => request.matched && !request.expired),
    unused: count((request) => !request.matched && !request.expired),
    expired: count((request) => request.expired),
    findings: own.flatMap((request) => reportRequest(request, input.known)),
  };
}

function directiveRequests(input: SuppressionInput): Request[] {
  const seen = new Set<SourceText>();
  return input.subjects.flatMap((subject) => {
    if (!isResource(subject)) {
      return dockerfileDirectives(subject.dockerfile).map((item) => fileRequest(item, input, subject.file));
    }
    const requests = annotationDirectives(subject).map((item) =>
      directiveRequest(item, input, (index) => index.ofSubject(subject)),
    );
    const text = subject.origin.source?.text;
    if (text === undefined || seen.has(text)) return requests;
    seen.add(text);
    return [...requests, ...yamlDirectives(text).map((item) => fileRequest(item, input, text.file))];
  });
}

function fileRequest(directive: Directive, input: SuppressionInput, file: string): Request {
  return directiveRequest(directive, input, (index) => index.inFile(file, directive.lines));
}

function directiveRequest(
  directive: Directive,
  input: SuppressionInput,
  covered: Request['covered'],
): Request {
  const { tool, rules, reason, location } = directive;
  return {
    rules: resolveRules(rules, input.aliases, tool),
    suppression: { kind: 'in-source', reason, location },
    label: `${tool} ignore of ${rules.join(', ')}`,
    location,
    expired: false,
    own: tool === 'keelson',
    covered,
    matched: false,
  };
}

function exceptionRequest(exception: Exception, input: SuppressionInput): Request {
  const { rules, objects, files, reason, owner, expires, location } = exception;
  const patterns = objects.map(objectPattern);
  const fileTests = files.map(input.fileTest);
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
    covered: ({ all }) =>
      all.filter(({ finding, subject }) => {
        const file = finding.locations[0]?.file ?? '';
        return (
          (fileTests.length === 0 || fileTests.some((test) => test(file))) &&
          (patterns.length === 0 || namesOf(subject).some((name) => patterns.some((test) => test(name))))
        );
      }),
    matched: false,
  };
}

/** What the patterns of an exception are held against. */
function namesOf(subject: CheckedSubject): string[] {
  if (!isResource(subject)) return ['Dockerfile'];
  const { kind, name, namespace = '' } = subject;
  return [kind, `${kind}/${name}`, `${kind}/${namespace}/${name}`];
}

function resolveRules(
  written: readonly string[],
  aliases: ReadonlyMap<string, readonly string[]>,
  tool: string,
): ReadonlySet<string> {
  const idsOf = (id: string) => aliases.get(`${tool}:${id}`) ?? aliases.get(`:${id}`);
  return new Set(written.flatMap((id) => idsOf(id) ?? idsOf(foreignIdForm(id)) ?? [id]));
}

function reportRequest(request: Request, known: ReadonlySet<string>): Finding[] {
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
  if (request.matched) return [];
  const isKnown = [...request.rules].some((rule) => rule === '*' || known.has(rule));
  return isKnown
    ? report('exception-unused', 'low', `${label} matches no finding: remove it`)
    : report('exception-unused', 'medium', `${label} names no check that there is: it suppresses nothing`);
}
