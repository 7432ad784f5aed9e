import { describe, expect, test } from 'vitest';
import { inFolder } from './testing/app.ts';

describe('keelson rego bench', () => {
  test('measures a query', () => {
    const { code, out } = inFolder(['bench', '-d', 'p', '-i', 'bob.json', '-f', 'json', 'data.app.allow']);
    const { N, T, Extra } = JSON.parse(out);
    expect([code, N > 0, T > 0, Extra.histogram_timer_rego_query_eval_ns_count]).toEqual([0, true, true, N]);
  });

  test.each<[string[], number, RegExp]>([
    [['data.nothing'], 1, /^1 error occurred: undefined result$/m],
    [['x +'], 2, /rego_parse_error/],
    [['-d', 'p', '-i', 'bob.json', 'data.app.broken'], 3, /eval_conflict_error/],
    [['--metrics=never', '1'], 2, /it is one of true, false/],
    [['--count', 'x', '1'], 2, /a whole number is needed/],
    [['1', '2'], 2, /only one query/],
  ])('%j', (args, code, message) => {
    const run = inFolder(['bench', ...args]);
    expect([run.code, run.out, run.err]).toEqual([code, '', expect.stringMatching(message)]);
  });
});
