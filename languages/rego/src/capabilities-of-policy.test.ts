import { expect, it } from 'vitest';
import { type BuiltinHost, capabilities, compile, nodeCryptography } from './index.ts';

class ClassHost implements BuiltinHost {
  readonly #time = 1n;
  readonly httpHosts = ['a.example', 'b.example'];

  now(): bigint {
    return this.#time;
  }

  get crypto(): NonNullable<BuiltinHost['crypto']> {
    const crypto = nodeCryptography();
    return this.#time === 1n && crypto !== undefined ? crypto : expect.fail();
  }

  howToAllow(): string {
    return 'not to be told';
  }

  lookUpAddresses(name: string): string[] {
    return [`${name} at ${this.#time}`];
  }
}

it.each([
  ['a class', new ClassHost()],
  ['frozen', Object.freeze(new ClassHost())],
])('a policy within allow_net sees all else of a host that is %s', (_, host) => {
  const policy = compile(
    {
      'p.rego': `package p
        now := time.now_ns()
        digest := crypto.md5("")
        a := net.lookup_ip_addr("a.example")
        b := net.lookup_ip_addr("b.example")`,
    },
    { capabilities: { ...capabilities(), allow_net: ['a.example'] } },
  );
  const { result, errors } = policy.evaluate('data.p', {}, { host });
  expect(result).toEqual({ now: 1, digest: 'd41d8cd98f00b204e9800998ecf8427e', a: ['a.example at 1'] });
  expect(errors.map(({ message }) => message)).toEqual(['net.lookup_ip_addr: disallowed host: b.example']);
});
