import { Regex } from '@keelson/regex';
import type { SuiteTest } from './suite.ts';

/** Which tests and cases are run. */
export interface SuiteFilter {
  takesTest(test: SuiteTest): boolean;
  takesCase(test: SuiteTest, name: string): boolean;
}

/**
 * A filter as gator writes it: `REGEX` takes the tests and cases that it matches, `TEST//CASE` the cases that the
 * second matches in the tests that the first matches.
 * @throws RegexSyntaxError for a wrong pattern, RangeError for a third part
 */
export function suiteFilter(text: string): SuiteFilter {
  const parts = text.split('//');
  if (parts.length > 2) throw new RangeError('there is more than one "//"');
  const [first = '', second] = parts;
  const one = new Regex(first);
  if (second === undefined) {
    const takesCase = (test: SuiteTest, name: string) => one.test(name) || one.test(test.name);
    return {
      takesTest: (test) => one.test(test.name) || test.cases.some(({ name }) => takesCase(test, name)),
      takesCase,
    };
  }
  const other = new Regex(second);
  return { takesTest: ({ name }) => one.test(name), takesCase: (_, name) => other.test(name) };
}
