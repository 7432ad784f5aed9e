import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ArtifactKind,
  AttestationError,
  failingRule,
  type Link,
  readLink,
  readRule,
} from '@keelson/attestation';
import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { judgeDemo } from './in-toto-demo.ts';
import { type Suite, Tally } from './suite.ts';

/**
 * The artifact rules of in-toto's reference implementation, each with its verdict and the first rule that fails; and its demo in both forms,
 * whole and with one thing broken at a time.
 */
export const suite: Suite = {
  name: 'in-toto',
  async run(dir) {
    const tally = new Tally();
    const lines = readFileSync(join(dir, 'rule-vectors.jsonl'), 'utf8').split('\n');
    let refused = 0;
    for (const line of lines) {
      if (line === '') continue;
      const vector: JsonValue = JSON.parse(line);
      if (!isObject(vector)) throw new Error('a vector is no object');
      const actual = verdictOf(vector);
      const expected = { result: vector['result'], failsAt: vector['failsAt'] };
      // Python and Go read [^…] differently: a refusal that says so is right beside the vector's own verdict.
      const isRefused = vector['caret'] === true && actual.isCaretRefused === true;
      if (isRefused) refused++;
      if (isRefused || (actual.result === expected.result && actual.failsAt === expected.failsAt))
        tally.pass();
      else
        tally.fail(
          `rules ${String(vector['id'])}`,
          `${JSON.stringify(actual)} where ${JSON.stringify(expected)} is right`,
        );
    }
    tally.notes.push(`${refused} layouts were refused because [^…] is read differently by Python and Go`);
    judgeDemo(join(dir, 'tests'), tally);
    return tally;
  },
};

interface Verdict {
  readonly result: 'pass' | 'rule-failed' | 'bad-format';
  readonly failsAt?: number;
  readonly isCaretRefused?: boolean;
}

/** The reference reads a rule when its turn comes, so a rule that cannot be read is one that fails there. */
function verdictOf(vector: JsonObject): Verdict {
  const links = linksOf(vector['links']);
  const link = links.get(String(vector['item']));
  if (link === undefined) throw new Error('a vector has no link of its item');
  const kind: ArtifactKind = vector['source'] === 'materials' ? 'materials' : 'products';
  const written = Array.isArray(vector['rules']) ? vector['rules'] : [];
  const rules = [];
  let fault: Verdict | undefined;
  for (const [failsAt, value] of written.entries()) {
    try {
      rules.push(readRule(value));
    } catch (error) {
      if (!(error instanceof AttestationError) || error.code !== 'RULE_INVALID') throw error;
      fault = { result: 'bad-format', failsAt, isCaretRefused: error.message.includes('[^') };
      break;
    }
  }
  const failed = failingRule(kind, rules, { link, links });
  return failed === undefined
    ? (fault ?? { result: 'pass' })
    : { result: 'rule-failed', failsAt: failed.index };
}

function linksOf(value: JsonValue | undefined): ReadonlyMap<string, Link> {
  const links = new Map<string, Link>();
  for (const [name, artifacts] of Object.entries(isObject(value) ? value : {})) {
    const signed = { _type: 'link', name, command: [], ...(isObject(artifacts) ? artifacts : {}) };
    links.set(name, readLink(Buffer.from(JSON.stringify({ signed, signatures: [] }))));
  }
  return links;
}
