import { isKeelsonError, type JsonValue, type Path } from '@keelson/core';
import type { EndpointMatcher, LabelOwner } from '../../model/matcher.ts';
import type { WrittenSelector } from '../../model/policy.ts';
import { FieldFault, textAt } from '../fields.ts';
import { endpointMeaning, namespaceMeaning, serviceAccountMeaning } from './labels.ts';
import { foldSelector, type Meaning } from './selector/fold.ts';
import { parseSelector } from './selector/parse.ts';
import type { Selector } from './selector/selector.ts';

/** A selector that a field holds. */
export interface ReadSelector {
  selector: Selector;
  matcher: EndpointMatcher;
  written: WrittenSelector;
}

const meanings: Readonly<Record<LabelOwner, Meaning<EndpointMatcher>>> = {
  pod: endpointMeaning,
  namespace: namespaceMeaning,
  serviceAccount: serviceAccountMeaning,
};

/** Reads the selectors of one policy, and keeps what it read. */
export class SelectorReader {
  readonly written: WrittenSelector[] = [];

  /**
   * The selector of a field; undefined where there is none, which an empty text is too.
   * @throws FieldFault
   */
  read(owner: LabelOwner, value: JsonValue | undefined, path: Path): ReadSelector | undefined {
    const text = textAt(value, path);
    if (text === undefined || text === '') return undefined;
    const selector = parsedAt(text, path);
    const matcher = foldSelector(selector, meanings[owner]);
    const written = { path, owner, matcher, isAll: selector.type === 'all' || selector.type === 'global' };
    this.written.push(written);
    return { selector, matcher, written };
  }
}

function parsedAt(text: string, path: Path): Selector {
  try {
    return parseSelector(text);
  } catch (error) {
    throw isKeelsonError(error) ? new FieldFault(path, `cannot be read: ${error.message}`) : error;
  }
}
