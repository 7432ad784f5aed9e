import { redactor, type SensitiveText } from '@keelson/checks';
import { SensitiveKey } from '@keelson/evidence';
import type { LoadedInput } from '@keelson/manifests';

/** Takes the sensitive values of what was read out of texts. */
export function redactorOf(...loaded: readonly LoadedInput[]): SensitiveText {
  const subjects = loaded.flatMap(({ resources, dockerfiles }) => [...resources, ...dockerfiles]);
  return redactor(subjects, redactionKey());
}

/** A key that the user sets makes digests comparable between runs; else they are good for one run. */
function redactionKey(): SensitiveKey {
  const given = process.env['KEELSON_REDACTION_KEY'];
  return given === undefined ? new SensitiveKey() : new SensitiveKey(Buffer.from(given, 'utf8'));
}
