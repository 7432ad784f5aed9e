import { gzipSync } from 'node:zlib';
import { writeTar } from '@keelson/rego';
import { BundleLoader, type BundleOptions } from '../index.ts';

/** Texts by path. */
export type Files = Readonly<Record<string, string>>;
export const encode = (text: string) => new TextEncoder().encode(text);
export const tarOf = (files: Files) =>
  writeTar(Object.entries(files).map(([path, text]) => ({ path, bytes: encode(text) })));
export const packed = (files: Files) => gzipSync(tarOf(files));

/** In a bundle, `snapshot`, and a change of its data, `delta`. */
export const policy = 'package app.authz\nallow if data.app.users[input.user]\n';
export const snapshot: Files = {
  '.manifest': '{"revision":"1","roots":["app"]}',
  'app/authz/policy.rego': policy,
  'app/data.json': '{"users":{"alice":true}}',
};
export const delta: Files = {
  '.manifest': '{"revision":"2","roots":["app"]}',
  'patch.json': '{"data":[{"op":"upsert","path":"/app/users/bob","value":true}]}',
};

const fast = {
  limits: { headMilliseconds: 200, idleMilliseconds: 200, totalMilliseconds: 600, maxAttempts: 1 },
};
/** The paths of the modules of a bundle that is loaded. */
export const modules = async (text: string, options: BundleOptions = {}) =>
  (await new BundleLoader({ http: fast, ...options }).load(text)).bundle.modules.map(({ path }) => path);
