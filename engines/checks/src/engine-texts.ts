import type { CheckText } from './check.ts';

function text(
  id: string,
  severity: CheckText['severity'],
  title: string,
  why: string,
  remediation: string,
): CheckText {
  return {
    id,
    title,
    severity,
    target: 'kubernetes',
    category: 'exceptions',
    why,
    remediation,
    controls: {},
    aliases: {},
    references: [],
    covers: [],
  };
}

/** Texts of the findings that the engine itself makes about exceptions. */
export const engineTexts: readonly CheckText[] = [
  text(
    'exception-unused',
    'low',
    'Exception matches nothing',
    'An exception that matches no finding hides the next one that does, which nobody has looked at.',
    'Remove the exception, or correct its rule, object or file.',
  ),
  text(
    'exception-expired',
    'medium',
    'Exception has expired',
    'The date up to which somebody took this risk has passed, so its findings count again.',
    'Mend the findings, or let the owner decide anew and set another date.',
  ),
  text(
    'exception-without-reason',
    'medium',
    'Exception gives no reason',
    'An exception that does not say why cannot be reviewed, so it suppresses nothing.',
    'Write the reason behind the rule: `# keelson:ignore RULE reason`.',
  ),
];
