import type { Span } from '@keelson/core';
import type { HclExpression } from './ast.ts';

/** A part of a template before directives are paired. */
export type FlatPart =
  | { readonly type: 'text'; value: string; span: Span }
  | { readonly type: 'value'; readonly expression: HclExpression; readonly span: Span }
  | { readonly type: 'if'; readonly condition: HclExpression; readonly span: Span }
  | {
      readonly type: 'for';
      readonly keyName: string | undefined;
      readonly valueName: string;
      readonly collection: HclExpression;
      readonly span: Span;
    }
  | { readonly type: 'else' | 'endif' | 'endfor'; readonly span: Span };

/**
 * Takes from every line of a `<<-` heredoc the blanks that all of them begin with. Lines of blanks alone are not
 * counted; a line that begins with a template has none (HCL native syntax, "Template Expressions").
 */
export function trimIndent(parts: readonly FlatPart[]): void {
  let least = Number.POSITIVE_INFINITY;
  let atLineStart = true;
  const lines: { value: string }[] = [];
  for (const part of parts) {
    if (atLineStart) {
      const indent = part.type === 'text' ? indentOf(part.value) : 0;
      if (part.type === 'text' && indent !== undefined) lines.push(part);
      least = Math.min(least, indent ?? least);
    }
    atLineStart = part.type === 'text' && part.value.endsWith('\n');
  }
  for (const line of lines) line.value = line.value.slice(least);
}

/** How many blanks a text begins with; undefined for a line of nothing else. */
function indentOf(text: string): number | undefined {
  const rest = text.trimStart();
  return rest === '' && text.endsWith('\n') ? undefined : text.length - rest.length;
}
