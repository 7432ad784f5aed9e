import { createObject, isObject, type JsonObject, objectOf } from '@keelson/core';
import { splitApiVersion } from '@keelson/kubernetes';
import { PolicyError } from '../errors.ts';
import { textAt } from '../json.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** `Original` is what a user wrote, `Generated` what an expansion made of it. */
export type ReviewSource = 'Original' | 'Generated';

/** One question to all constraints. */
export interface Review {
  /** The AdmissionRequest, `object` and `oldObject` as the API server sends them. */
  readonly request: JsonObject;
  /** The namespace of the object, where it is known. */
  readonly namespace: JsonObject | undefined;
  readonly source: ReviewSource;
}

export interface ReviewOptions {
  readonly operation?: Operation;
  readonly oldObject?: JsonObject;
  readonly namespace?: JsonObject | undefined;
  readonly source?: ReviewSource;
}

/** Wraps an object as the request that would bring it to the API server; DELETE makes it the old object. */
export function reviewOf(object: JsonObject, options: ReviewOptions = {}): Review {
  const { operation = 'CREATE', oldObject, namespace, source = 'Original' } = options;
  const { group, version } = splitApiVersion(textAt(object, 'apiVersion'));
  const isDelete = operation === 'DELETE';
  const old = isDelete ? (oldObject ?? object) : oldObject;
  const request = objectOf([
    ['uid', ''],
    [
      'kind',
      objectOf([
        ['group', group],
        ['version', version],
        ['kind', textAt(object, 'kind')],
      ]),
    ],
    [
      'resource',
      objectOf([
        ['group', ''],
        ['version', ''],
        ['resource', ''],
      ]),
    ],
    ['name', textAt(object, 'metadata', 'name')],
    ['namespace', textAt(object, 'metadata', 'namespace')],
    ['operation', operation],
    ['userInfo', createObject()],
    ['object', isDelete ? null : object],
    ['oldObject', old ?? null],
    ['options', null],
  ]);
  return { request, namespace, source };
}

/** True for an `AdmissionReview` of `admission.k8s.io`, whatever its version. */
export function isAdmissionReview(object: JsonObject): boolean {
  const { group } = splitApiVersion(textAt(object, 'apiVersion'));
  return group === 'admission.k8s.io' && object['kind'] === 'AdmissionReview';
}

/**
 * The request of an AdmissionReview.
 * @throws PolicyError POLICY_REVIEW where it has none, or the request has no object
 */
export function reviewOfAdmission(review: JsonObject, namespace?: JsonObject): Review {
  const { request } = review;
  if (!isObject(request)) throw new PolicyError('POLICY_REVIEW', 'the AdmissionReview holds no request');
  const { object, oldObject, operation } = request;
  if (!isObject(object) && !isObject(oldObject)) {
    throw new PolicyError('POLICY_REVIEW', 'the request has neither object nor oldObject');
  }
  if (operation === 'DELETE' && !isObject(oldObject)) {
    throw new PolicyError('POLICY_REVIEW', 'a request to DELETE needs an oldObject');
  }
  return { request, namespace, source: 'Original' };
}

/** What Rego policies and matching see: on DELETE the object is the old one. */
export function reviewedRequest({ request, namespace }: Review): JsonObject {
  const isDelete = request['operation'] === 'DELETE';
  if (!isDelete && namespace === undefined) return request;
  const seen = createObject();
  Object.assign(seen, request);
  if (isDelete) seen['object'] = request['oldObject'] ?? null;
  if (namespace !== undefined) {
    seen['namespaceObject'] = namespace;
    seen['_unstable'] = objectOf([['namespace', namespace]]);
  }
  return seen;
}
