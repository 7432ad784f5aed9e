import {
  type AdmissionForm,
  admissionForms,
  type CheckDefinition,
  defaultExemptNamespaces,
  exportPolicies,
  type PolicyExport,
} from '@keelson/checks';
import type { JsonObject } from '@keelson/core';
import { severities } from '@keelson/evidence';
import { loadCheckDefinitions } from '@keelson/pack-checks';
import { stringifyYaml } from '@keelson/yaml';
import { noSuchCheck } from '../check-files.ts';
import { readConfiguration } from '../config.ts';
import { CommandError, reportError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, listOf } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { defineVerb } from '../verb.ts';
import { idsOfFrameworks, loadCatalog } from './catalog.ts';

const formats = ['yaml', 'json'] as const;
const actions = ['Deny', 'Warn', 'Audit'] as const;

const flags = {
  ...commonFlags,
  as: { type: 'string', value: { choices: admissionForms } },
  framework: { type: 'string', multiple: true, value: 'framework', list: true },
  only: { type: 'string', multiple: true, value: 'check', list: true },
  skip: { type: 'string', multiple: true, value: 'check', list: true },
  severity: { type: 'string', value: { choices: severities } },
  action: { type: 'string', value: { choices: actions } },
  exempt: { type: 'string', multiple: true, list: true },
  checks: { type: 'string', multiple: true, value: 'folder' },
  config: { type: 'string', value: 'file' },
  format: { type: 'string', short: 'f', value: { choices: formats } },
} as const;

const help = `keelson checks export: write checks as admission policies for a cluster

Usage: keelson checks export --as FORM [options]

      --as FORM             vap: ValidatingAdmissionPolicy and binding, for kubectl apply
                            static-admission: the same as files that the API server reads when it starts (Kubernetes 1.36)
                            kyverno: ValidatingPolicy of policies.kyverno.io
                            gatekeeper: ConstraintTemplate with Gatekeeper's CEL engine, and its constraint
      --framework NAME,...  the checks that judge the framework's controls, as pss-restricted
      --only ID,...         these checks only
      --skip ID,...         leave these checks out
      --severity SEVERITY   checks of this severity or worse
      --action ACTION       Deny, Warn or Audit for all of them (default: Deny for critical and high, Warn and Audit for
                            medium, Audit for the rest)
      --exempt NAME,...     namespaces that the policies pass over (default ${defaultExemptNamespaces.join(', ')})
      --checks DIR          your own checks too
      --config FILE         read settings of checks from FILE instead of ./keelson.yaml
  -f, --format FORMAT       yaml (default) or json
  -o, --output FILE         write to FILE instead of stdout
  -q, --quiet               do not tell on stderr which checks are no admission policy, and why

The CEL is each check's own. What a policy cannot do (judge several objects together, judge Dockerfiles, read the settings of a
component from its command line) is told on stderr; keelson explain ID says it of one check.

Examples:
  keelson checks export --as vap --framework pss-restricted | kubectl apply -f -
  keelson checks export --as kyverno --only privileged-container,host-network --action Audit
`;

/** `keelson checks export`. */
export const { run, usage } = defineVerb({ flags, help }, async ({ values, positionals }) => {
  const form = choiceOf('as', values.as, admissionForms);
  if (form === undefined) throw new CommandError('USAGE', `--as is needed: ${admissionForms.join(', ')}`);
  if (positionals.length > 0)
    throw new CommandError('USAGE', `"${positionals[0]}": checks are named with --only`);
  const action = choiceOf('action', values.action, actions);
  const { definitions, problems } = await chosen(values);
  for (const problem of problems) reportError(problem, false);
  const exported = exportPolicies(definitions, {
    as: form,
    settings: Object.fromEntries(readConfiguration(values.config).settings),
    ...(action === undefined
      ? {}
      : { actions: Object.fromEntries(severities.map((name) => [name, [action]])) }),
    ...(values.exempt === undefined ? {} : { exemptNamespaces: listOf(values.exempt) }),
  });
  writeResult(
    values.output,
    textOf(exported.objects, choiceOf('format', values.format, formats) ?? 'yaml', form),
  );
  if (values.quiet !== true) tellRest(definitions.length, exported);
  return problems.length > 0 ? exitCodes.unreadable : exitCodes.done;
});

interface Choice {
  framework?: string[] | undefined;
  only?: string[] | undefined;
  skip?: string[] | undefined;
  severity?: string | undefined;
  checks?: string[] | undefined;
}

/** The definitions that the flags choose, by id. */
async function chosen(flagValues: Choice) {
  const { texts, own, problems } = await loadCatalog(flagValues.checks ?? []);
  const known = new Set(texts.map(({ id }) => id));
  const only = listOf(flagValues.only);
  const skip = listOf(flagValues.skip);
  for (const id of [...only, ...skip]) {
    if (!known.has(id)) throw new CommandError('USAGE', noSuchCheck(id, known));
  }
  const least = choiceOf('severity', flagValues.severity, severities) ?? 'info';
  const judging = await idsOfFrameworks(listOf(flagValues.framework), texts);
  const wanted = texts.filter(
    ({ id, severity }) =>
      (only.length === 0 || only.includes(id)) &&
      !skip.includes(id) &&
      (judging === undefined || judging.has(id)) &&
      severities.indexOf(severity) <= severities.indexOf(least),
  );
  const brought = await loadCheckDefinitions(new Set(wanted.map(({ id }) => id)));
  const mine = new Map(own.map((definition) => [definition.id, definition]));
  const definitions = wanted.flatMap(({ id }): CheckDefinition[] => {
    const definition = brought.get(id) ?? mine.get(id);
    return definition === undefined ? [] : [definition];
  });
  return { definitions, problems };
}

function textOf(objects: readonly JsonObject[], format: 'yaml' | 'json', form: AdmissionForm): string {
  if (format === 'json') {
    // Files that the API server reads are objects or lists of them; a List is what kubectl takes.
    return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, null, 2)}\n`;
  }
  const head = `# keelson checks export --as ${form}\n`;
  return head + objects.map((object) => `---\n${stringifyYaml(object)}`).join('');
}

/** Says on stderr which checks are no policy, by reason, and what else must be known. */
function tellRest(asked: number, { objects, refused, notes }: PolicyExport): void {
  const byReason = Map.groupBy(refused, ({ reason }) => reason);
  const lines = [
    `${asked - refused.length} of ${asked} checks exported${actionText(objects)}.`,
    ...[...byReason].map(([reason, list]) => `${list.length}: ${reason}: ${namesOf(list)}`),
    ...notes,
  ];
  tell(lines.join('\n'));
}

const maxNamed = 5;

function namesOf(list: PolicyExport['refused']): string {
  const named = list.slice(0, maxNamed).map(({ id }) => id);
  const rest = list.length - named.length;
  return rest > 0 ? `${named.join(', ')} and ${rest} more` : named.join(', ');
}

/** `: 21 deny, 34 only warn or audit (--action Deny makes all deny)`: what a severity's default means for a whole level. */
function actionText(objects: readonly JsonObject[]): string {
  const texts = objects.map((object) => JSON.stringify(object['spec'] ?? {}));
  const acting = texts.filter((text) => /"(?:validationActions|enforcementAction)":/.test(text));
  const deny = acting.filter((text) =>
    /"(?:validationActions":\[[^\]]*"Deny"|enforcementAction":"deny")/.test(text),
  ).length;
  const gentle = acting.length - deny;
  if (gentle === 0) return '';
  return `: ${deny} deny, ${gentle} only warn or audit (--action Deny makes all of them deny)`;
}
