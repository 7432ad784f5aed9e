import { expect, test } from 'vitest';
import { PkiError, type PkiErrorCode } from '../errors.ts';
import { type Issued, issue } from '../testing/authority.ts';
import { verifyOrderedChain } from './ordered-chain.ts';

const root = issue('root', undefined);
const middle = issue('middle', root);
const leaf = issue('leaf', middle);
const crossed = issue('root', issue('other', undefined), { key: root.key });
const verify = (...chain: Issued[]) => verifyOrderedChain(chain.map(({ certificate }) => certificate));

test('in order and complete', () => {
  verify(leaf, middle, root);
  verify(root);
});

test.each<[string, Issued[], PkiErrorCode]>([
  ['nothing', [], 'CHAIN_NO_ISSUER'],
  ['no root', [leaf, middle], 'CHAIN_NO_ISSUER'],
  ['a root that another issued', [leaf, middle, crossed], 'CHAIN_NO_ISSUER'],
  ['a gap', [leaf, root], 'CHAIN_NO_ISSUER'],
  ['another order', [leaf, root, middle], 'CHAIN_NO_ISSUER'],
  ['the root first', [root, middle, leaf], 'CHAIN_NO_ISSUER'],
  ['something extra', [leaf, middle, root, issue('extra', undefined)], 'CHAIN_NO_ISSUER'],
  ['the root twice', [leaf, middle, root, root], 'CHAIN_NO_ISSUER'],
  ['another of the same name', [leaf, issue('middle', root), root], 'CHAIN_SIGNATURE'],
  ['eleven', Array.from({ length: 11 }, () => root), 'CHAIN_LIMIT'],
])('%s is refused', (_, chain, code) => {
  try {
    verify(...chain);
  } catch (error) {
    expect(error).toBeInstanceOf(PkiError);
    expect(error).toMatchObject({ code });
    return;
  }
  expect.fail('was accepted');
});
