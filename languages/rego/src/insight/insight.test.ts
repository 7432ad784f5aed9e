import { describe, expect, it } from 'vitest';
import {
  Coverage,
  compile,
  type EvaluationOptions,
  formatExplanation,
  fromJson,
  Profile,
  Trace,
} from '../index.ts';

const rules = `package app

deny contains msg if {
	some c in input.spec.containers
	not trusted(c.image)
	msg := sprintf("%s is not trusted", [c.name])
}

trusted(image) if {
	some prefix in data.registries
	startswith(image, prefix)
}

allow if {
	input.user.role == "admin"
	count(deny) == 0
}

level := "high" if input.score > 90
level := "low" if input.score < 10

secret_use if input.password == "x"
hello := sprintf("hello %s", [input.password])
all_small if every n in input.list { n < 3 }
`;

const input = fromJson(`{
  "user": {"role": "guest"},
  "score": 50,
  "password": "hunter2",
  "list": [1, 2, 5],
  "spec": {"containers": [{"name": "a", "image": "good/a"}, {"name": "b", "image": "bad/b"}]}
}`);

function explained(entrypoint: string, options: EvaluationOptions = {}): string {
  const policy = compile({ 'app.rego': rules }, { data: fromJson('{"registries": ["good/"]}') });
  const { explanation } = policy.evaluate(entrypoint, input, { explain: true, ...options });
  if (explanation === undefined) throw new Error('no explanation');
  return formatExplanation(explanation);
}

describe('explanations', () => {
  it.each([
    {
      name: 'a denial: rule, line and what was read',
      entrypoint: 'data.app.deny',
      wanted: `data.app.deny holds (app.rego:3)
  gives "b is not trusted"
    input.spec.containers[1].image is "bad/b"
    input.spec.containers[1].name is "b"
  data.app.trusted holds (app.rego:9)
    gives true
      data.registries[0] is "good/"
  data.app.trusted does not hold (app.rego:9)
    failed: startswith(image, prefix) (app.rego:11)
      image is "bad/b"
      prefix is "good/"
      data.registries[0] is "good/"
`,
    },
    {
      name: 'undefined: the expression that failed',
      entrypoint: 'data.app.allow',
      wanted: `data.app.allow does not hold (app.rego:14)
  failed: input.user.role == "admin" (app.rego:15)
    input.user.role is "guest"
`,
    },
    {
      name: 'undefined: each rule that was tried',
      entrypoint: 'data.app.level',
      wanted: `data.app.level does not hold (app.rego:19)
  failed: input.score > 90 (app.rego:19)
    input.score is 50
data.app.level does not hold (app.rego:20)
  failed: input.score < 10 (app.rego:20)
    input.score is 50
`,
    },
    {
      name: 'every: what its body read',
      entrypoint: 'data.app.all_small',
      wanted: `data.app.all_small does not hold (app.rego:24)
  failed: every n in input.list { n < 3 } (app.rego:24)
    input.list is [1,2,5]
`,
    },
    {
      name: 'a document that is not there',
      entrypoint: 'data.app.nothing',
      wanted: `failed: data.app.nothing = result
  data.app.nothing is not there
`,
    },
  ])('$name', ({ entrypoint, wanted }) => {
    expect(explained(entrypoint)).toBe(wanted);
  });

  it('values that are kept back are nowhere, texts made of them included', () => {
    const redact = (path: readonly unknown[]) => path.at(-1) === 'password';
    for (const entrypoint of ['data.app.secret_use', 'data.app.hello']) {
      const text = explained(entrypoint, { explain: { redact } });
      expect(text).not.toContain('hunter2');
      expect(text).toContain('[redacted]');
    }
  });

  it.each([
    ['deep within what was read', '{"a": {"b": {"c": {"d": {"e": {"f": {"g": {"password": "hunter2"}}}}}}}}'],
    ['with signs that JSON escapes', '{"a": {"password": "hunter2\\n<\\"x\\">"}}'],
  ])('values that are kept back are not in a document written as text: %s', (_, text) => {
    const policy = compile({ 'm.rego': 'package m\np := json.marshal(input.a)' });
    const redact = (path: readonly unknown[]) => path.at(-1) === 'password';
    const { explanation } = policy.evaluate('data.m.p', fromJson(text), { explain: { redact } });
    const shown = JSON.stringify(explanation);
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('[redacted]');
  });

  it('short values that are kept back do not garble what stands for them', () => {
    const policy = compile({ 'm.rego': 'package m\np := sprintf("%s-%s", [input.a, input.b])' });
    const { explanation } = policy.evaluate('data.m.p', fromJson('{"a": "e", "b": "r.d"}'), {
      explain: { redact: ([root, ...keys]) => root === 'input' && keys.length === 1 },
    });
    expect(explanation?.rules[0]?.results[0]?.value).toBe('[redacted]-[redacted]');
  });

  it('keeps as many tries as are allowed', () => {
    const policy = compile({
      'm.rego': 'package m\nf(x) if x > 3\np contains x if { some x in numbers.range(1, 100); f(x) }',
    });
    const { explanation } = policy.evaluate('data.m.p', undefined, { explain: { maxTries: 10 } });
    expect(explanation?.truncated).toBe(true);
    expect(explanation?.rules[0]?.asked).toHaveLength(9);
  });
});

describe('listeners', () => {
  it('coverage has the shape of opa test --coverage', () => {
    const policy = compile({
      'm.rego': 'package m\n\np if {\n\tinput.x == 1\n\tinput.y == 2\n}\n\nq := 1\n',
    });
    const coverage = new Coverage();
    policy.evaluate('data.m', fromJson('{"x": 2}'), { listeners: [coverage] });
    expect(coverage.report(policy.modules)).toEqual({
      files: {
        'm.rego': {
          covered: [
            { start: { row: 4, col: 2 }, end: { row: 4, col: 14 } },
            { start: { row: 8, col: 1 }, end: { row: 8, col: 7 } },
            { start: { row: 8, col: 6 }, end: { row: 8, col: 7 } },
          ],
          not_covered: [
            { start: { row: 3, col: 1 }, end: { row: 3, col: 2 } },
            { start: { row: 5, col: 2 }, end: { row: 5, col: 14 } },
          ],
          covered_lines: 2,
          not_covered_lines: 2,
          coverage: 50,
        },
      },
      covered_lines: 2,
      not_covered_lines: 2,
      coverage: 50,
    });
  });

  it.each([
    {
      mode: 'full' as const,
      wanted: [
        'query:1      Enter data.m.p = result',
        'query:1      | Eval data.m.p = result',
        'm.rego:2     | Enter data.m.p',
        'm.rego:2     | | Eval __local3__ = [1, 2]',
        'm.rego:2     | | Eval x = __local3__[__local0__]',
        'm.rego:2     | | Eval trace("one")',
        'm.rego:2     | | Note "one"',
        'm.rego:2     | | Eval gt(x, 1)',
        'm.rego:2     | | Fail gt(x, 1)',
        'm.rego:2     | | Redo trace("one")',
        'm.rego:2     | | Redo x = __local3__[__local0__]',
        'm.rego:2     | | Eval trace("one")',
        'm.rego:2     | | Note "one"',
        'm.rego:2     | | Eval gt(x, 1)',
        'm.rego:2     | | Exit data.m.p',
        'm.rego:2     | Redo data.m.p',
        'query:1      | Exit data.m.p = result',
        'query:1      Redo data.m.p = result',
        'query:1      | Redo data.m.p = result',
      ],
    },
    {
      mode: 'fails' as const,
      wanted: [
        'query:1      Enter data.m.p = result',
        'm.rego:2     | Enter data.m.p',
        'm.rego:2     | | Fail gt(x, 1)',
      ],
    },
    {
      mode: 'notes' as const,
      wanted: [
        'query:1      Enter data.m.p = result',
        'm.rego:2     | Enter data.m.p',
        'm.rego:2     | | Note "one"',
        'm.rego:2     | | Note "one"',
      ],
    },
  ])('a trace of $mode', ({ mode, wanted }) => {
    const policy = compile({ 'm.rego': 'package m\np if { some x in [1, 2]; trace("one"); x > 1 }' });
    const trace = new Trace({ mode });
    policy.evaluate('data.m.p', undefined, { listeners: [trace] });
    expect(trace.format().trimEnd().split('\n')).toEqual(wanted);
  });

  it('a trace that grows too long ends the evaluation', () => {
    const policy = compile({ 'm.rego': 'package m\np if { some x in numbers.range(1, 100); x > 100 }' });
    const { errors } = policy.evaluate('data.m.p', undefined, { listeners: [new Trace({ maxEvents: 50 })] });
    expect(errors.map(({ message }) => message)).toEqual(['trace passes the limit maxEvents of 50']);
  });

  it('a profile counts and times the lines', () => {
    const policy = compile({ 'm.rego': 'package m\np if {\n\tsome x in [1, 2, 3]\n\tx > 2\n}' });
    let now = 0;
    const profile = new Profile(() => now++);
    policy.evaluate('data.m.p', undefined, { listeners: [profile] });
    profile.stop();
    const counts = profile.lines
      .filter(({ location: { file } }) => file !== '')
      .map(({ location: { row }, num_eval, num_redo }) => ({ row, num_eval, num_redo }));
    expect(counts).toEqual([
      { row: 3, num_eval: 2, num_redo: 2 },
      { row: 4, num_eval: 3, num_redo: 0 },
    ]);
  });

  it('answers are those of evaluations that nobody watches', () => {
    const policy = compile({ 'app.rego': rules }, { data: fromJson('{"registries": ["good/"]}') });
    const { result, errors } = policy.evaluate('data.app', input, { listeners: [new Trace()] });
    expect({ result, errors }).toEqual(policy.evaluate('data.app', input));
  });
});
