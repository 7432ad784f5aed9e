import type { JsonValue } from '@keelson/core';
import type { Labels } from '../../model/cluster.ts';
import type { LabelRequirement } from '../../model/policy.ts';
import { selectorOf } from '../label-selector.ts';
import { plainKey } from './selector.ts';

/** Whether a `metav1.LabelSelector`, which has been read without fault, chooses an object that is no endpoint. */
export function selectsLabels(selector: JsonValue | undefined, labels: Labels): boolean {
  const { labels: wanted, expressions } = selectorOf(selector);
  return (
    wanted.every(([key, value]) => labels.get(plainKey(key)) === value) &&
    expressions.every((expression) => meets(expression, labels.get(plainKey(expression.key))))
  );
}

function meets({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
