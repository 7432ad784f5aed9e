import { describe, expect, test } from 'vitest';
import { namesOf } from './names.ts';

const names = new Map([
  ['pod', 'variables.pod'],
  ['object', 'variables.object'],
  ['params', 'variables.params'],
]);

describe('free names are replaced where they are free', () => {
  test.each([
    ['pod.hostNetwork', 'variables.pod.hostNetwork'],
    [
      'has(pod.spec) && object.pod == pod.object',
      'has(variables.pod.spec) && variables.object.pod == variables.pod.object',
    ],
    [
      'pod.list.exists(pod, pod.x == params.x)',
      'variables.pod.list.exists(pod, pod.x == variables.params.x)',
    ],
    [
      "pod[?'pod'].optMap(object, object.x).orValue(object)",
      "variables.pod[?'pod'].optMap(object, object.x).orValue(variables.object)",
    ],
    ["'pod' + string(pod.x) // of the pod", "'pod' + string(variables.pod.x) // of the pod"],
    ['[pod, object].all(x, x != pod)', '[variables.pod, variables.object].all(x, x != variables.pod)'],
  ])('%s', (source, expected) => {
    expect(namesOf(source).rename(names)).toBe(expected);
  });
});

describe('elements that are not evidently of one type are made dynamic', () => {
  test.each([
    ["pod.x in ['', null]", "variables.pod.x in [dyn(''), dyn(null)]"],
    ["['a', string(pod.x)]", "['a', string(variables.pod.x)]"],
    ["['a', pod]", "[dyn('a'), dyn(variables.pod)]"],
    ["{'a': 1, 'b': 'c'}", "{'a': dyn(1), 'b': dyn('c')}"],
    ["[['a', 1], ['b']]", "[[dyn('a'), dyn(1)], ['b']]"],
    ['[pod.a, pod.b]', '[variables.pod.a, variables.pod.b]'],
  ])('%s', (source, expected) => {
    expect(namesOf(source).rename(names)).toBe(expected);
  });
});

test('functions and macros are named, those with two variables apart', () => {
  const { functions } = namesOf('pod.m.all(k, v, size(v) > 0) && pod.l.exists(x, x.matches("a"))');
  expect([...functions].sort()).toEqual(['all/2', 'exists', 'matches', 'size']);
});

test('a test for int takes a double where numbers are doubles', () => {
  const source = 'type(pod.x) != int || type(pod.x) == int && type(pod.y) == string';
  expect(namesOf(source, true).rename(names)).toBe(
    '!(type(variables.pod.x) in [dyn(int), dyn(double)]) || type(variables.pod.x) in [dyn(int), dyn(double)] && type(variables.pod.y) == string',
  );
});
