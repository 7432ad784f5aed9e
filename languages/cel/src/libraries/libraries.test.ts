import { describe, expect, it } from 'vitest';
import { parseSignature } from '../checker/types.ts';
import { compileCel } from '../compile.ts';
import { createEnvironment } from '../environment.ts';
import { functionTables } from './all.ts';
import { allDeclarations } from './declarations.ts';

const environment = createEnvironment({ variables: {} });

/** Every expression must be true. */
const truths: Record<string, string[]> = {
  strings: [
    '"a😀c".charAt(1) == "😀" && "a😀c".indexOf("c") == 2 && "abcb".lastIndexOf("b") == 3',
    '"a-b-c".replace("-", "$&", 1) == "a$&b-c" && "a,b,c".split(",", 2) == ["a", "b,c"]',
    '"\\u00a0 x ".trim() == "x" && "AbÇ".lowerAscii() == "abÇ" && ["a", "b"].join("-") == "a-b"',
    '"%.0f %X %b".format([2.5, 255, 5]) == "2 FF 101"',
  ],
  lists: [
    '[1, 2].isSorted() && [3, 1, 2].min() == 1 && ["a", "b"].max() == "b" && [1, 2].sum() == 3',
    '[[1], [2, [3]]].flatten() == [1, 2, [3]] && [1, 1, 2].distinct() == [1, 2]',
    '[1, 2, 3].slice(1, 3) == [2, 3] && [3, 1].sort() == [1, 3] && [1, 2].first().value() == 1',
  ],
  sets: [
    'sets.contains([1, dyn(2)], [dyn(1.0)]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])',
  ],
  math: ['math.greatest(1, 2.5, 3u) == 3 && math.bitShiftRight(-1, 63) == 1 && math.round(-1.5) == -2.0'],
  encoders: ['base64.encode(b"hi") == "aGk=" && base64.decode("aGk") == b"hi"'],
  time: [
    'timestamp("2024-02-29T23:59:59Z").getDayOfYear() == 59 && duration("90m").getHours() == 1',
    'timestamp("2024-01-01T00:00:00Z").getHours("America/New_York") == 19',
    'string(timestamp("2024-01-01T00:00:00.5+01:00")) == "2023-12-31T23:00:00.5Z"',
  ],
  regex: [
    '"a1b22".findAll("[0-9]+") == ["1", "22"] && "abc".find("z") == "" && "aab".findAll("a*", 1) == ["aa"]',
  ],
  network: [
    'string(ip("2001:DB8:0:0:1::1")) == "2001:db8::1:0:0:1" && ip("0.0.0.0").isUnspecified()',
    '!isIP("01.2.3.4") && !isIP("1::2::3") && !isCIDR("10.0.0.0/33") && ip.isCanonical("::1")',
    'string(cidr("10.1.2.3/8").masked()) == "10.0.0.0/8" && !cidr("10.0.0.0/8").containsCIDR("10.0.0.0/7")',
  ],
  url: [
    'url("https://u@[::1]:80/a b?x=1&x=2".replace(" ", "%20")).getHostname() == "::1"',
    'url("https://h/p?x=1&x=2").getQuery() == {"x": ["1", "2"]} && !isURL("x/y") && isURL("/y")',
  ],
  quantity: [
    'quantity("1Ki").asInteger() == 1024 && quantity("1.5").isInteger() == false && isQuantity("1Zi") == false',
    'quantity("200M").add(20) == quantity("200000020") && quantity("50k").sub(quantity("60k")).sign() == -1',
  ],
  semver: [
    'semver("1.0.0-alpha.1").isLessThan(semver("1.0.0-alpha.beta")) && semver("1.2.3").minor() == 2',
    '!isSemver("v1.0.0") && isSemver("v01.0", true) && semver("1.0.0+a") == semver("1.0.0+b")',
  ],
  format: [
    '!format.dns1123Subdomain().validate("a.b-c.d").hasValue() && format.uuid().validate("x").hasValue()',
    '!format.qualifiedName().validate("example.com/My_Name").hasValue() && format.date().validate("2023-02-29").hasValue()',
    '!format.named("nothing").hasValue() && jsonpatch.escapeKey("a/b~c") == "a~1b~0c"',
  ],
};

for (const [library, expressions] of Object.entries(truths)) {
  describe(library, () => {
    it.each(expressions)('%s', (source) => {
      expect(compileCel(source, environment, { expectedType: 'bool' }).evaluate({})).toBe(true);
    });
  });
}

describe('declarations', () => {
  // The members of optionals are compiled in place.
  const inlined = ['.hasValue', '.value', '.or', '.orValue'];

  it('and implementations have the same names', () => {
    const declared = new Set(allDeclarations.map((text) => parseSignature(text).name));
    const implemented = new Set([...functionTables.flatMap((table) => Object.keys(table)), ...inlined]);
    expect([...declared].sort()).toEqual([...implemented].sort());
  });
});
