import { describe, expect, it } from 'vitest';
import { callJson, contextFor } from './testing/outside.ts';
import { time } from './time.ts';

describe('time', () => {
  it.each([
    ['time.format', '[1594234567123456789]', '"2020-07-08T18:56:07.123456789Z"'],
    ['time.format', '[[1594234567123456789, "Europe/Berlin", "RFC822"]]', '"08 Jul 20 20:56 CEST"'],
    ['time.format', '[[1594234567123456789, "Asia/Kathmandu", "MST -0700 .000"]]', '"+0545 +0545 .123"'],
    ['time.format', '[[0, "UTC", "Monday _2 __2 002 3PM _2006"]]', '"Thursday  1   1 001 12AM _1970"'],
    ['time.format', '[[0, "America/Santiago", "MST Z07:00:00"]]', '"-03 -03:00:00"'],
    ['time.format', '[[-2000000000000000000, "Africa/Algiers", "MST"]]', '"PMT"'],
    ['time.format', '[[1, "Foo/Bar"]]', 'eval_builtin_error: unknown time zone Foo/Bar'],
    ['time.format', '[[1, "../x"]]', 'eval_builtin_error: time: invalid location name'],
    ['time.format', '[1.5]', 'eval_builtin_error: timestamp too big'],
    ['time.date', '[[1594234567123456789, "Pacific/Auckland"]]', '[2020,7,9]'],
    ['time.clock', '[-1]', '[23,59,59]'],
    ['time.weekday', '[0]', '"Thursday"'],
    // A wall clock that the change of summer time leaves out.
    ['time.add_date', '[[1585358100000000000, "Europe/Berlin"], 0, 0, 1]', '1585444500000000000'],
    ['time.add_date', '[0, 1, 1, 1]', '34300800000000000'],
    ['time.add_date', '[0, 1000000, 0, 0]', 'eval_builtin_error: time outside of valid range'],
    ['time.diff', '[1594234567123456789, 0]', '[50,6,7,18,56,7]'],
    ['time.parse_ns', '["RFC3339", "2020-02-29T00:00:00.123456789+02:30"]', '1582925400123456789'],
    ['time.parse_ns', '["2006-002", "2020-366"]', '1609372800000000000'],
    ['time.parse_ns', '["3:04PM", "12:30AM"]', 'eval_builtin_error: time outside of valid range'],
    ['time.parse_ns', '["UnixDate", "Mon Jan  2 15:04:05 GMT+3 2006"]', '1136214245000000000'],
    [
      'time.parse_ns',
      '["2006-01-02", "2020-02-30"]',
      'eval_builtin_error: parsing time "2020-02-30": day out of range',
    ],
    [
      'time.parse_ns',
      '["2006-01-02", "x"]',
      'eval_builtin_error: parsing time "x" as "2006-01-02": cannot parse "x" as "2006"',
    ],
    [
      'time.parse_rfc3339_ns',
      '["2020-01-01T24:00:00Z"]',
      'eval_builtin_error: parsing time "2020-01-01T24:00:00Z": hour out of range',
    ],
    [
      'time.parse_duration_ns',
      '["1y1w1d1.5h-1"]',
      'eval_builtin_error: time: invalid duration "1y1w1d1.5h-1"',
    ],
    ['time.parse_duration_ns', '["-1d2h0.5ms"]', '-93600000500000'],
    ['time.parse_duration_ns', '["9223372036854775807ns"]', '9223372036854775807'],
    ['time.parse_duration_ns', '["1x"]', 'eval_builtin_error: time: unknown unit "x" in duration "1x"'],
    ['time.parse_duration_ns', '["1"]', 'eval_builtin_error: time: missing unit in duration "1"'],
  ])('%s(%s) is %s', (name, args, wanted) => {
    expect(callJson(time, name, args)).toBe(wanted);
  });

  it('shows one time through an evaluation', () => {
    let clock = 5n;
    const context = contextFor({ now: () => clock++ });
    expect([time['time.now_ns']?.([], context), time['time.now_ns']?.([], context)]).toEqual([5, 5]);
    expect(callJson(time, 'time.now_ns', '[]')).toBe('eval_builtin_error: no clock is given');
  });
});
