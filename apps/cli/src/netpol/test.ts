import { SourceText } from '@keelson/core';
import { type AssertionResult, judgeAssertions } from '@keelson/netpol';
import { terminalSafe } from '@keelson/report';
import { parseYaml } from '@keelson/yaml';
import { CommandError, reportError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf } from '../flag-values.ts';
import { readText } from '../policy/files.ts';
import { writeResult } from '../result.ts';
import { defineVerb } from '../verb.ts';
import { inputHelp, modelOf, readResources, tellProblems } from './input.ts';
import { judgeFlags, judgeFormats } from './words.ts';

const help = `keelson netpol test: hold policies against what is asserted of them

Usage: keelson netpol test [options] FILE...

FILE is YAML with a list of assertions, each a sentence or a mapping:

  - web can reach api on 8080
  - web cannot reach db
  - only api, batch can reach db on 5432
  - nothing outside payments reaches payments/db
  - namespace shop cannot reach 169.254.169.254 on 80
  - the internet can reach web on 443
  - { from: web, to: dns, port: 53/UDP, expect: allowed }

Ends are workloads or Pods by name or namespace/name, namespaces, labels (app=web), addresses, ranges, the internet, everything.

  -m, --manifests DIR  folder or file of the manifests; may be given more than once; the current folder unless said
${inputHelp}
  -f, --format FORMAT  txt (default) or json
  -o, --output FILE    write to FILE instead of stdout
  -q, --quiet          no warnings and no progress

Exit: 0 all hold, 1 one does not, 2 wrong call, 3 an assertion, a file or a policy could not be read.

Examples:
  keelson netpol test reach.yaml -m deploy/
`;

/** `keelson netpol test`. */
export const { run, usage } = defineVerb(
  { flags: judgeFlags, help, operands: 'file' },
  async ({ values, positionals }) => {
    const format = choiceOf('format', values.format, judgeFormats) ?? 'txt';
    if (positionals.length === 0) throw new CommandError('USAGE', 'name files of assertions');
    const { resources, isPartial } = await readResources(values.manifests ?? ['.'], values);
    const documents = positionals.map(readDocuments);
    const all = documents.flatMap(({ values: own }) => own);
    const assertions = all.flatMap(listOf);
    if (assertions.length === 0 && documents.every((document) => !document.isPartial))
      throw new CommandError('USAGE', `there is no assertion in ${positionals.join(', ')}`);
    const judged = judgeAssertions(resources, assertions, modelOf(resources, values));
    const isWrong = tellProblems(judged.problems, values);
    const { results } = judged;
    writeResult(
      values.output,
      format === 'json' ? `${JSON.stringify(results, undefined, 2)}\n` : textOf(results),
    );
    const isUnread = isPartial || documents.some((document) => document.isPartial);
    if (isUnread || isWrong || results.some(({ verdict }) => verdict === 'error'))
      return exitCodes.unreadable;
    return results.some(({ verdict }) => verdict === 'fail') ? exitCodes.findings : exitCodes.done;
  },
);

type Document = ReturnType<typeof parseYaml>['documents'][number]['value'];

/** @throws ManifestError for a file that cannot be read */
function readDocuments(file: string): { values: Document[]; isPartial: boolean } {
  const { documents, errors } = parseYaml(new SourceText(file, readText(file)));
  for (const error of errors) reportError(error, false);
  return { values: documents.map(({ value }) => value), isPartial: errors.length > 0 };
}

/** The assertions of a document; one that is none of the forms is left for the engine to refuse. */
function listOf(document: Document): Document[] {
  if (document === null) return [];
  if (Array.isArray(document)) return document;
  if (typeof document === 'object' && Array.isArray(document['assertions'])) return document['assertions'];
  return [document];
}

const marks: Readonly<Record<AssertionResult['verdict'], string>> = {
  pass: 'ok',
  fail: 'FAILED',
  error: 'ERROR',
};

function textOf(results: readonly AssertionResult[]): string {
  const lines = results.flatMap(({ text, verdict, fault, breaches, breachCount }) => [
    `${marks[verdict]}  ${text}`,
    ...(fault === undefined ? [] : [`  ${fault}`]),
    ...breaches.map(({ source, destination, connections }) => `  ${source} > ${destination}: ${connections}`),
    ...(breachCount > breaches.length ? [`  and ${breachCount - breaches.length} more pairs`] : []),
  ]);
  const passed = results.filter(({ verdict }) => verdict === 'pass').length;
  const counts = `${passed} passed, ${results.length - passed} failed`;
  return `${[...lines, counts].map(terminalSafe).join('\n')}\n`;
}
