import type { LineProfile, PreparedQuery } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { goDuration } from './durations.ts';
import { inOrder, type Structure, structure } from './json-output.ts';
import { countOf } from './options.ts';
import { prettyTable } from './pretty-table.ts';

export const profileFlags = {
  profile: { type: 'boolean' },
  'profile-limit': { type: 'string', value: 'text' },
  'profile-sort': {
    type: 'string',
    multiple: true,
    list: true,
    value: { choices: ['total_time_ns', 'num_eval', 'num_redo', 'num_gen_expr', 'file', 'line'] },
  },
} as const;

export const profileHelp = `  --profile             tell what each line cost, with --metrics
  --profile-limit N     as many lines, the dearest first (default 10); 0 for all
  --profile-sort NAMES  what lines are sorted by: total_time_ns, num_eval, num_redo, num_gen_expr, file, line`;

export interface ProfileValues {
  readonly profile?: boolean | undefined;
  readonly 'profile-limit'?: string | undefined;
  readonly 'profile-sort'?: readonly string[] | undefined;
}

/** A limit or an order asks for the profile as well, as with `opa`. */
export function wantsProfile(values: ProfileValues): boolean {
  return (
    values.profile === true || values['profile-limit'] !== undefined || values['profile-sort'] !== undefined
  );
}

const usualOrder = ['total_time_ns', 'num_eval', 'num_redo', 'file', 'line'];

const orders: ReadonlyMap<string, (a: LineProfile, b: LineProfile) => number> = new Map([
  ['total_time_ns', (a, b) => b.total_time_ns - a.total_time_ns],
  ['num_eval', (a, b) => b.num_eval - a.num_eval],
  ['num_redo', (a, b) => b.num_redo - a.num_redo],
  ['num_gen_expr', (a, b) => b.num_gen_expr - a.num_gen_expr],
  ['file', (a, b) => (a.location.file < b.location.file ? -1 : a.location.file > b.location.file ? 1 : 0)],
  ['line', (a, b) => a.location.row - b.location.row],
]);

/**
 * The lines to be shown, in the order wanted.
 *
 * @throws CommandError USAGE
 */
export function profiledLines(lines: readonly LineProfile[], values: ProfileValues): readonly LineProfile[] {
  const wanted = (values['profile-sort'] ?? []).flatMap((names) => names.split(','));
  const comparisons = [...wanted, ...usualOrder.filter((name) => !wanted.includes(name))].map((name) => {
    const order = orders.get(name);
    if (order === undefined)
      throw new CommandError(
        'USAGE',
        `--profile-sort ${name}: it is one of ${[...orders.keys()].join(', ')}`,
      );
    return order;
  });
  const sorted = [...lines].sort((a, b) => {
    for (const compare of comparisons) {
      const result = compare(a, b);
      if (result !== 0) return result;
    }
    return 0;
  });
  const limit = countOf('profile-limit', values['profile-limit'], 10);
  return limit === 0 ? sorted : sorted.slice(0, limit);
}

export function profileJson(lines: readonly LineProfile[]): readonly Structure[] {
  return lines.map(({ location, ...line }) =>
    structure({
      total_time_ns: line.total_time_ns,
      num_eval: line.num_eval,
      num_redo: line.num_redo,
      num_gen_expr: line.num_gen_expr,
      location: inOrder(location),
    }),
  );
}

/** @param expressions those of the query, whose lines are told by their text. */
export function profileTable(
  lines: readonly LineProfile[],
  expressions: PreparedQuery['expressions'],
): string {
  const place = ({ location: { file, row } }: LineProfile): string =>
    file === '' ? (expressions.find((each) => each.row === row)?.text ?? 'query') : `${file}:${row}`;
  return prettyTable([
    ['Time', lines.map((line) => goDuration(line.total_time_ns))],
    ['Num Eval', lines.map((line) => String(line.num_eval))],
    ['Num Redo', lines.map((line) => String(line.num_redo))],
    ['Num Gen Expr', lines.map((line) => String(line.num_gen_expr))],
    ['Location', lines.map(place)],
  ]);
}
