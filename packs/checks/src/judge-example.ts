import { type Check, type CheckExample, type CheckTarget, judge, withParams } from '@keelson/checks';
import { SourceText } from '@keelson/core';
import { readDockerfileText, readManifestText } from '@keelson/manifests';

/** What a check says of one of its examples. */
export interface ExampleOutcome {
  /** True when it fails where the example says `fail` and passes where it says `pass`, without a fault. */
  holds: boolean;
  /** Messages of what it found. */
  found: readonly string[];
  /** Why the example could not be read or judged. */
  faults: readonly string[];
}

/** Judges an inline example of a check by that check alone, with the example's settings. */
export function judgeExample(check: Check, target: CheckTarget, example: CheckExample): ExampleOutcome {
  const { input, problems } = readExample(target, example.input);
  const { violations, notifications } = judge(input, [withParams(check, example.params)]);
  const faults = [
    ...problems.map((problem) => problem.format()),
    ...notifications.map(({ message }) => message),
  ];
  const found = violations.map(({ message }) => message);
  return { holds: faults.length === 0 && found.length > 0 === (example.verdict === 'fail'), found, faults };
}

function readExample(target: CheckTarget, text: string) {
  if (target === 'dockerfile') {
    const { input, problems } = readDockerfileText(new SourceText('Dockerfile', text));
    return { input: { resources: [], dockerfiles: [input] }, problems };
  }
  const { resources, errors } = readManifestText(new SourceText('example.yaml', text));
  return { input: { resources, dockerfiles: [] }, problems: errors };
}
