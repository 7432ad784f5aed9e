import { describe, expect, test } from 'vitest';
import { fieldsOfJson, JsonFields } from './json-fields.ts';
import { parseJson } from './parse-json.ts';

const faults = {
  invalid: (message: string) => new TypeError(message),
  tooMany: (message: string) => new RangeError(message),
};
const fields = new JsonFields(
  parseJson(
    '{"text":"a","none":null,"count":3,"yes":true,"list":["a","b"],"map":{"k":"v"},"in":{"list":[{"x":1}]}}',
  ),
  'here',
  faults,
);

describe('members of a known shape', () => {
  test('each type, and null as absent', () => {
    expect(fields.text('text')).toBe('a');
    expect(fields.optionalText('none')).toBeUndefined();
    expect(fields.count('count')).toBe(3);
    expect(fields.optionalBoolean('yes')).toBe(true);
    expect(fields.texts('list')).toEqual(['a', 'b']);
    expect(fields.list('none')).toEqual([]);
    expect([...fields.map('map', 1)]).toEqual([['k', 'v']]);
    expect(fields.required('in').objects('list')[0]?.count('x')).toBe(1);
    expect(fields.object('none')).toBeUndefined();
  });

  test.each<[string, (of: JsonFields) => unknown]>([
    ['here.none is missing', (of) => of.text('none')],
    ['here.count is no text', (of) => of.text('count')],
    ['here.text is no whole number from 0 on', (of) => of.count('text')],
    ['here.text is neither true nor false', (of) => of.optionalBoolean('text')],
    ['here.text is no list', (of) => of.list('text')],
    ['here.map[0] is no text', () => new JsonFields({ map: [1] }, 'here', faults).texts('map')],
    ['here.text is no object', (of) => of.required('text')],
    ['here.in.list[0].x is no text', (of) => of.required('in').objects('list')[0]?.text('x')],
    ['here.list has more than 1 entries', (of) => of.texts('list', 1)],
    ['the document is no object', () => new JsonFields([], '', faults)],
  ])('%s', (message, read) => {
    expect(() => read(fields)).toThrow(message);
  });
});

test('of a document: what is no JSON, or no object, is a fault of who reads', () => {
  expect(fieldsOfJson(Buffer.from('{"a":"b"}'), 'the answer', faults).text('a')).toBe('b');
  for (const text of ['', '{', '{"a":1,"a":2}', '[]', 'null', '\u00ff'])
    expect(() => fieldsOfJson(Buffer.from(text, 'latin1'), 'the answer', faults), text).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        message: expect.stringMatching(/^the answer is no (?:JSON: |object$)/),
      }),
    );
});
