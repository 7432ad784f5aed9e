import { keelson, withFolder } from '../../testing/run.ts';

const policy = `package app

import data.roles

default allow := false

allow if input.user == "bob"

names contains n if some n in data.roles

broken := 1 if input.user
broken := 2 if input.user
`;

/** A policy with data and inputs. */
export const files = {
  'p/policy.rego': policy,
  'p/data.json': '{"roles": ["y", "x"]}',
  'p/deep/conf.yaml': 'on: 1\n',
  'bob.json': '{"user": "bob"}',
  'eve.yaml': 'user: eve\n',
};

/** Calls `keelson rego` in a folder of these files and more. */
export const inFolder = (args: readonly string[], more: Record<string, string> = {}, input?: string) =>
  withFolder({ ...files, ...more }, (folder) => keelson(folder, ['rego', ...args], input));
