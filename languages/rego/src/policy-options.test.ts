import { describe, expect, it, test } from 'vitest';
import {
  type BuiltinHost,
  type Capabilities,
  capabilities,
  compile,
  fromJson,
  PartialPolicy,
  type PolicyOptions,
  RecordedCalls,
  stringifyJson,
} from './index.ts';

/** The error of compiling, or undefined. */
function faultOf(text: string, options: PolicyOptions): string | undefined {
  try {
    compile({ 'test.rego': text }, options);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const authz =
  'package app.authz\nallow if input.user == "ann"\nf(x) := x\nby_role[role].ok if some role in ["a"]';

describe('data at the paths of rules', () => {
  const at = (path: string) => `rego_compile_error: conflicting rule for data path ${path} found`;
  const cases: readonly (readonly [text: string, data: string, fault: string | undefined])[] = [
    ['allow := true', '{"y": {"p": {"allow": 3}}}', at('y/p/allow')],
    ['allow := true', '{"y": {"p": {"allow": null}}}', at('y/p/allow')],
    ['allow := true', '{"y": {"p": []}}', at('y/p/allow')],
    ['allow := true', '{"y": 3}', at('y/p/allow')],
    ['allow := true', '{"y": {"p": {"other": 3}}}', undefined],
    ['allow := true', '{}', undefined],
    ['b.c.d := 1', '{"y": {"p": {"b": {"c": 1}}}}', at('y/p/b/c/d')],
    ['b.c.d := 1', '{"y": {"p": {"b": {"e": 1}}}}', undefined],
    ['b[x].d := 1 if some x in ["q"]', '{"y": {"p": {"b": {}}}}', at('y/p/b')],
    ['f(x) := x', '{"y": {"p": {"f": 1}}}', at('y/p/f')],
  ];
  it.each(cases)('%s beside %s', (text, json, fault) => {
    const module = `package y.p\n${text}`;
    const data = fromJson(json);
    expect(faultOf(module, { data })).toBe(undefined);
    const told = faultOf(module, { data, checkDataConflicts: true });
    expect(told).toEqual(fault === undefined ? undefined : expect.stringContaining(`test.rego:2: ${fault}`));
    expect(() => new PartialPolicy({ 'test.rego': module }, { data })).not.toThrow();
    const partial = () => new PartialPolicy({ 'test.rego': module }, { data, checkDataConflicts: true });
    if (fault === undefined) expect(partial).not.toThrow();
    else expect(partial).toThrow(fault);
  });
});

describe('entrypoints', () => {
  const found: readonly (readonly [entrypoint: string, reference: string])[] = [
    ['data.app.authz.allow', 'data.app.authz.allow'],
    ['app/authz/allow', 'data.app.authz.allow'],
    ['app/authz', 'data.app.authz'],
    ['data["app"].authz', 'data.app.authz'],
    ['app/authz/by_role/a/ok', 'data.app.authz.by_role.a.ok'],
  ];
  it.each(found)('%s', (entrypoint, reference) => {
    const policy = compile({ 'test.rego': authz }, { entrypoints: [entrypoint] });
    expect(policy.entrypoints).toEqual([reference]);
    const { result } = policy.evaluate(entrypoint, fromJson('{"user": "ann"}'));
    expect(result).toEqual(policy.evaluate(reference, fromJson('{"user": "ann"}')).result);
    expect(result).toBeDefined();
  });

  const missing: readonly (readonly [entrypoint: string, message: string])[] = [
    ['app/authz/deny', 'undefined entrypoint data.app.authz.deny'],
    ['app/authz/f', 'undefined entrypoint data.app.authz.f'],
    ['other', 'undefined entrypoint data.other'],
    ['app//allow', 'entrypoint app//allow not valid: use <package>/<rule>'],
    ['app/%zz', 'entrypoint app/%zz not valid: use <package>/<rule>'],
    ['data.app[x]', 'entrypoint data.app[x] not valid: it is no document'],
  ];
  it.each(missing)('%s', (entrypoint, message) => {
    expect(faultOf(authz, { entrypoints: [entrypoint] })).toContain(message);
  });

  test('documents need not be declared', () => {
    const policy = compile({ 'test.rego': authz });
    const ann = fromJson('{"user": "ann"}');
    expect(policy.evaluate('app/authz/allow', ann).result).toBe(true);
    expect(policy.evaluate('data["app"].authz.allow', ann).result).toBe(true);
    for (const text of [
      'data.app; data.app',
      'data.app = x',
      'data.app[x]',
      'data.app[count([])]',
      'app//allow',
    ])
      expect(() => policy.evaluate(text, ann)).toThrow(/not valid|rego_parse_error/);
  });

  test('metadata marks them', () => {
    const text = 'package app\n# METADATA\n# entrypoint: true\nallow if true\n\ndeny if false';
    expect(compile({ 'test.rego': text }).entrypoints).toEqual(['data.app.allow']);
  });
});

/** What OPA has, but for one thing. */
function without(list: 'builtins' | 'future_keywords' | 'features', name: string): Capabilities {
  const all = capabilities();
  return {
    ...all,
    builtins: list === 'builtins' ? all.builtins.filter((builtin) => builtin.name !== name) : all.builtins,
    future_keywords: all.future_keywords.filter((word) => list !== 'future_keywords' || word !== name),
    features: all.features.filter((feature) => list !== 'features' || feature !== name),
  };
}

describe('capabilities', () => {
  const rows: readonly (readonly [
    name: string,
    text: string,
    allowed: Capabilities,
    message: string | undefined,
  ])[] = [
    ['all', 'package a\np := count([])', capabilities(), undefined],
    [
      'no count',
      'package a\np := count([])',
      without('builtins', 'count'),
      'test.rego:2: rego_type_error: undefined function count',
    ],
    [
      'no not',
      'package a\nimport future.keywords.not\np if true',
      without('future_keywords', 'not'),
      'unexpected keyword, must be one of [and contains every if in or]',
    ],
    [
      'no templates',
      'package a\np := $"{input.x}"',
      without('features', 'template_strings'),
      'template strings are not supported by current capabilities',
    ],
    [
      'no built-in for templates',
      'package a\np := $"{input.x}"',
      without('builtins', 'internal.template_string'),
      'test.rego:2: rego_compile_error: template-strings are not supported',
    ],
    ['no v1', 'package a\np := 1', without('features', 'rego_v1'), 'rego_v1 feature required'],
  ];
  it.each(rows)('%s', (_name, text, allowed, message) => {
    const fault = faultOf(text, { capabilities: allowed });
    if (message === undefined) expect(fault).toBeUndefined();
    else expect(fault).toContain(message);
  });

  it('hold for queries', () => {
    const policy = compile({}, { capabilities: without('builtins', 'count') });
    expect(() => policy.query('count([]) = x')).toThrow('undefined function count');
  });

  it('leave the built-ins of the caller', () => {
    const builtin = {
      name: 'my.f',
      decl: { type: 'function', args: [], result: { type: 'number' } },
      call: () => 7,
    } as const;
    const options = { capabilities: capabilities(), builtins: new Map([['my.f', builtin]]) };
    expect(compile({ 'a.rego': 'package a\np := my.f()' }, options).evaluate('data.a.p').result).toBe(7);
  });

  const host: BuiltinHost = { lookUpAddresses: () => ['10.0.0.1'] };
  const hosts: readonly (readonly [allowed: readonly string[] | undefined, wanted: unknown])[] = [
    [undefined, ['10.0.0.1']],
    [['example.com'], ['10.0.0.1']],
    [[], 'net.lookup_ip_addr: disallowed host: example.com'],
    [['other.example'], 'net.lookup_ip_addr: disallowed host: example.com'],
  ];
  it('hosts that may be asked by http.send', () => {
    const text = 'package a\np := http.send({"method": "get", "url": "https://example.com:8443/x"}).raw_body';
    const http: BuiltinHost['http'] = () => ({
      status: 200,
      statusText: 'OK',
      headers: [],
      body: new Uint8Array(),
    });
    const answer = (allowed: readonly string[]) => {
      const policy = compile({ 'a.rego': text }, { capabilities: { ...capabilities(), allow_net: allowed } });
      return policy.evaluate('data.a.p', undefined, {
        host: { http, httpHosts: ['example.com'], now: () => 0n },
      });
    };
    expect(answer(['example.com']).result).toBe('');
    expect(answer(['other.example']).errors[0]?.message).toContain('http.send: ');
  });

  it.each(hosts)('hosts %j', (allowed, wanted) => {
    const all = allowed === undefined ? capabilities() : { ...capabilities(), allow_net: allowed };
    const policy = compile(
      { 'a.rego': 'package a\np := net.lookup_ip_addr("example.com")' },
      { capabilities: all },
    );
    const { result, errors } = policy.evaluate('data.a.p', undefined, { host });
    expect(result ?? errors[0]?.message).toEqual(wanted);
  });
});

describe('schemas', () => {
  const user = { type: 'object', properties: { name: { type: 'string' } } } as const;
  const data = {
    type: 'object',
    properties: { users: { type: 'array', items: user }, app: { properties: { limit: { type: 'number' } } } },
  } as const;
  const rows: readonly (readonly [body: string, options: PolicyOptions, message: string | undefined])[] = [
    ['input.nome == "x"', {}, undefined],
    ['input.name == "x"', { inputSchema: user }, undefined],
    ['input.nome == "x"', { inputSchema: user }, 'rego_type_error: undefined ref: input.nome'],
    ['data.users[0].name == "x"', { dataSchema: data }, undefined],
    ['data.users[0].nome == "x"', { dataSchema: data }, 'undefined ref: data.users[0].nome'],
    ['data.users[_].name == 1', { dataSchema: data }, 'match error'],
    ['data.app.limit == "x"', { dataSchema: data }, 'match error'],
    ['data.other.x == 1', { dataSchema: data }, undefined],
    ['data.app.p', { dataSchema: data }, 'rego_recursion_error'],
    ['input.x == 1', { inputSchema: 'no schema' }, 'unable to compile the schema'],
  ];
  it.each(rows)('%s', (body, options, message) => {
    const fault = faultOf(`package app\np if ${body}`, options);
    if (message === undefined) expect(fault).toBeUndefined();
    else expect(fault).toContain(message);
  });

  it('of annotations', () => {
    const text = 'package a\n# METADATA\n# schemas:\n# - data.d: schema.d\np if data.d.nome == "x"';
    expect(faultOf(text, { schemas: { 'schema.d': user } })).toContain('undefined ref: data.d.nome');
    expect(faultOf(text, { schemas: { 'schema["d"]': user } })).toContain('undefined ref: data.d.nome');
    expect(faultOf(text, {})).toBeUndefined();
  });
});

test('what the clock said can be said again', () => {
  const policy = compile({ 'a.rego': 'package a\np := time.now_ns()' });
  const recordedCalls = new RecordedCalls();
  const at = (now: bigint) =>
    policy.evaluate('data.a.p', undefined, { host: { now: () => now }, recordedCalls });
  expect([at(1n).result, at(2n).result]).toEqual([1, 1]);
  expect(stringifyJson(recordedCalls.toValue())).toBe('{"time.now_ns":{"[]":1}}');
});
