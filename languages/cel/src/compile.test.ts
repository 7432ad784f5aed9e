import { objectOf } from '@keelson/core';
import { describe, expect, it } from 'vitest';
import { compileCel, generateCel } from './compile.ts';
import { createEnvironment } from './environment.ts';
import { CelError } from './error.ts';
import { celRuntime } from './libraries/all.ts';

const environment = createEnvironment({ variables: { pod: 'dyn', container: 'dyn', name: 'string' } });
const container = objectOf([
  ['name', 'app'],
  ['image', 'shop/app:1'],
  ['securityContext', objectOf([['privileged', true]])],
]);
const pod = objectOf([
  ['hostNetwork', true],
  ['volumes', null],
  ['containers', [container, objectOf([['name', 'side']])]],
]);
const variables = { pod, container, name: 'x' };

function evaluate(source: string) {
  return compileCel(source, environment).evaluate(variables);
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return error instanceof CelError ? `${error.code}: ${error.message}` : `not a CelError: ${error}`;
  }
  return 'no error';
}

describe('values', () => {
  it.each([
    ['container.?securityContext.?privileged.orValue(false)', true],
    ['pod.containers[1].?securityContext.?privileged.orValue(false)', false],
    ['container.?securityContext.privileged.hasValue()', true],
    ['has(pod.hostNetwork) && pod.hostNetwork', true],
    ['has(pod.volumes.x)', false],
    ['pod.containers.all(c, c.name != "")', true],
    ['pod.containers.exists(c, has(c.image) && c.image.startsWith("shop/"))', true],
    ['pod.containers.filter(c, !has(c.image)).map(c, c.name)', ['side']],
    ['pod.containers.map(c, has(c.image), c.image)', ['shop/app:1']],
    ['pod.containers.exists_one(i, c, i == 1 && c.name == "side")', true],
    ['{"a": 1, "b": 2}.transformList(k, v, k + string(v))', ['a1', 'b2']],
    ['[?container.?image, ?container.?nothing]', ['shop/app:1']],
    ['cel.bind(n, size(pod.containers), n * n)', 4],
    ['optional.of(1).optMap(x, x + 1).orValue(0)', 2],
    ['9007199254740991 + 1 == 9007199254740992', true],
    ['dyn(1) == 1.0 && dyn(1) == 1u', true],
    ['"b" in ["a", "b"]', true],
    ['[3, 1, 2].sortBy(x, -x)', [3, 2, 1]],
    ['quantity("1Gi").isGreaterThan(quantity("500M"))', true],
    ['"sha256:abc".find("[a-f]+$")', 'abc'],
    ['cidr("10.0.0.0/8").containsIP("10.1.2.3")', true],
    ['semver("v1.2", true).isLessThan(semver("1.10.0"))', true],
    ['url("https://a.example:8443/x?q=1").getPort()', '8443'],
    ['format.named("dns1123Label").value().validate("Bad").hasValue()', true],
    ['"%s has %d".format(["a", 2])', 'a has 2'],
  ])('%s', (source, wanted) => {
    expect(evaluate(source)).toEqual(wanted);
  });
});

describe('errors of one operand are absorbed by one that decides (cel-spec, Logical Operators)', () => {
  it.each([
    ['pod.nothing.deeper || true', true],
    ['true || pod.nothing.deeper', true],
    ['pod.nothing.deeper && false', false],
    ['1 / 0 > 1 || pod.hostNetwork', true],
    ['[0, 1].exists(x, 1 / x == 1)', true],
    ['[0, 2].all(x, 1 / x == 1)', false],
  ])('%s', (source, wanted) => {
    expect(evaluate(source)).toBe(wanted);
  });
});

describe('faults', () => {
  it.each([
    ['pod.nothing', 'CEL_EVALUATION: no such key: nothing'],
    ['pod.nothing || false', 'CEL_EVALUATION: no such key: nothing'],
    ['pod.containers[2]', 'CEL_EVALUATION: index out of bounds: 2'],
    ['9223372036854775807 + 1', 'CEL_EVALUATION: integer overflow'],
    ['1 / 0', 'CEL_EVALUATION: division by zero'],
    ['dyn("a") + dyn(1)', 'CEL_EVALUATION: no such overload'],
    ['{"a": 1, "a": 2}', 'CEL_EVALUATION: insert failed: key a already exists'],
    ['"a" + 1', "CEL_TYPE: found no matching overload for '_+_' applied to '(string, int)'"],
    ['nothing', "CEL_TYPE: undeclared reference to 'nothing' (in container '')"],
    ['name.size() &&', 'CEL_SYNTAX: Syntax error: unexpected end of expression'],
  ])('%s', (source, wanted) => {
    expect(codeOf(() => evaluate(source))).toBe(wanted);
  });

  it('names the place of a fault in the text', () => {
    expect(() => compileCel('true &&\n  nothing', environment)).toThrow(
      expect.objectContaining({ offset: 10, line: 2, column: 3 }),
    );
  });

  it('holds the expression to the expected type', () => {
    expect(codeOf(() => compileCel('name', environment, { expectedType: 'bool' }))).toBe(
      "CEL_TYPE: expected type 'bool' but found 'string'",
    );
    expect(compileCel('pod.hostNetwork', environment, { expectedType: 'bool' }).evaluate(variables)).toBe(
      true,
    );
  });
});

describe('names that JavaScript objects inherit', () => {
  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
    '%s is absent unless written',
    (name) => {
      const plain = { pod: {}, container: objectOf([]), name: '' };
      for (const variable of ['pod', 'container']) {
        const has = compileCel(`has(${variable}.${name}) || "${name}" in ${variable}`, environment);
        expect(has.evaluate(plain)).toBe(false);
        expect(codeOf(() => compileCel(`${variable}.${name}`, environment).evaluate(plain))).toBe(
          `CEL_EVALUATION: no such key: ${name}`,
        );
        expect(compileCel(`${variable}.?${name}.hasValue()`, environment).evaluate(plain)).toBe(false);
        expect(compileCel(`${variable}[?"${name}"].hasValue()`, environment).evaluate(plain)).toBe(false);
      }
      expect(compileCel(`{"${name}": 1}.${name} + {"${name}": 2}["${name}"]`, environment).evaluate({})).toBe(
        3,
      );
      expect(codeOf(() => compileCel(name, environment, { check: false }).evaluate({}))).toContain(
        'undeclared reference',
      );
    },
  );
});

describe('generated code', () => {
  it('runs with nothing but the run-time', () => {
    const code = generateCel('pod.containers.all(c, c.name.matches("^[a-z]+$"))', environment);
    expect(new Function(`return ${code}`)()(celRuntime)(variables)).toBe(true);
  });

  it('holds text of the expression only as escaped literals', () => {
    const hostile = '"\\u2028\\u2029`$\u007bprocess.exit()}\\"+x+\\"</script>"';
    const code = generateCel(`pod[${hostile}] == ${hostile}`, environment);
    expect(code).not.toMatch(/[\u2028\u2029]/);
    expect(compileCel(hostile, environment).evaluate({})).toBe(
      '\u2028\u2029`$\u007bprocess.exit()}"+x+"</script>',
    );
  });
});

describe('values that grow', () => {
  const doubled = (first: string, next: string, last: string) =>
    Array.from(
      { length: 60 },
      (_, at) => `cel.bind(x${at}, ${at === 0 ? first : next.replaceAll('x', `x${at - 1}`)}, `,
    ).join('') +
    last +
    ')'.repeat(60);

  it.each([
    ['strings', doubled('"aaaa"', 'x + x', 'size(x59)')],
    ['lists', doubled('[1]', 'x + x', 'size(x59)')],
    ['comparisons', `${doubled('[1]', '[x, x]', 'x59')} == ${doubled('[1]', '[x, x]', 'x59')}`],
    ['replacements', doubled('"aaaa"', 'x.replace("", x)', 'size(x59)')],
  ])('%s are bounded', (_, source) => {
    expect(codeOf(() => evaluate(source))).toMatch(/^CEL_(EVALUATION|LIMIT): a /);
  });
});

describe('cost budget', () => {
  it('counts as Kubernetes does', () => {
    expect(compileCel('[1, 2, 3].all(x, x > 0)', environment).evaluateWithCost({}).cost).toBe(26);
  });

  it('ends nested loops, and no operator absorbs that', () => {
    const loops =
      'lists.range(1000).all(a, lists.range(1000).all(b, lists.range(1000).all(c, a + b + c >= 0)))';
    const run = () => compileCel(`${loops} || true`, environment).evaluate({}, { costLimit: 100_000 });
    expect(codeOf(run)).toMatch(/^CEL_COST: .*costLimit 100000/);
  });
});
