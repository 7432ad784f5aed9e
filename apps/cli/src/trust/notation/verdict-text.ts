import { nameToString } from '@keelson/pki';
import { terminalSafe } from '@keelson/report';
import type { CheckResult, NotationVerdict } from '@keelson/signing';
import { faultJson, faultText } from '../fault-text.ts';
import { isoTime } from '../times.ts';

/** What a trust policy makes of a signature, for people. */
export function notationLines(verdict: NotationVerdict): string[] {
  const { statement, level, results, envelope, payload, fault } = verdict;
  const leaf = envelope?.chain[0];
  return [
    ...(leaf === undefined ? [] : [`  by ${terminalSafe(nameToString(leaf.subject))}`]),
    ...[...(payload?.userMetadata ?? [])].map(
      ([name, value]) => `  ${terminalSafe(name)}=${terminalSafe(value)}`,
    ),
    `  statement ${terminalSafe(statement)}, level ${level.name}`,
    ...results.map((result) => `  ${result.check}: ${outcomeText(result, verdict)}`),
    ...(fault === undefined || results.some((result) => result.fault === fault)
      ? []
      : [`  ${faultText(fault)}`]),
  ];
}

function outcomeText(result: CheckResult, verdict: NotationVerdict): string {
  if (result.action === 'skip') return 'not checked, says the level';
  if (result.fault !== undefined)
    return `${faultText(result.fault)}${result.action === 'log' ? ' (logged only)' : ''}`;
  const unchecked = uncheckedBy(result, verdict);
  return unchecked === undefined ? 'holds' : `not checked: ${unchecked}`;
}

/** Why a check that refuses nothing has looked at nothing. */
function uncheckedBy({ check, certificates }: CheckResult, verdict: NotationVerdict): string | undefined {
  const { envelope, authenticTime } = verdict;
  if (check === 'expiry' && envelope !== undefined && envelope.attributes.expiry === undefined)
    return 'the signature names no time to expire at';
  if (check === 'authenticTimestamp' && authenticTime === undefined)
    return 'when it was signed; its certificates are valid now';
  if (check === 'revocation' && certificates?.every(({ method }) => method === 'none') === true)
    return 'no certificate names anybody to ask';
  return undefined;
}

/** The same for programs. */
export function notationJson(verdict: NotationVerdict) {
  const { outcome, statement, level, results, envelope, payload, authenticTime, fault } = verdict;
  const leaf = envelope?.chain[0];
  const attributes = envelope?.attributes;
  return {
    verified: outcome === 'accepted',
    outcome,
    signer: leaf === undefined ? undefined : nameToString(leaf.subject),
    scheme: attributes?.scheme,
    signingTime: attributes === undefined ? undefined : isoTime(attributes.signingTime),
    expiry: attributes?.expiry === undefined ? undefined : isoTime(attributes.expiry),
    authenticTime:
      authenticTime === undefined
        ? undefined
        : {
            by: authenticTime.by,
            earliest: isoTime(authenticTime.earliest),
            latest: isoTime(authenticTime.latest),
          },
    target: payload?.target.digest,
    metadata: payload === undefined ? undefined : Object.fromEntries(payload.userMetadata),
    statement,
    level: level.name,
    checks: results.map((result) => checkJson(result, verdict)),
    fault: fault === undefined ? undefined : faultJson(fault),
  };
}

function checkJson(result: CheckResult, verdict: NotationVerdict) {
  const { check, action, fault } = result;
  if (fault !== undefined) return { check, action, outcome: 'fails', ...faultJson(fault) };
  const reason = action === 'skip' ? 'says the level' : uncheckedBy(result, verdict);
  return { check, action, outcome: reason === undefined ? 'holds' : 'not checked', reason };
}
