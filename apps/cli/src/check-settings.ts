import { type CheckDefinition, settingFaults } from '@keelson/checks';
import type { JsonObject } from '@keelson/core';
import { loadCheckDefinitions } from '@keelson/pack-checks';

/** A setting of `keelson.yaml` that a check does not have, or that is of another sort than the check's own. */
export interface CheckSettingFault {
  check: string;
  setting: string;
  message: string;
}

/** Everything that is wrong with the settings of checks; checks that there are not are passed over. */
export async function checkSettingFaults(
  settings: ReadonlyMap<string, JsonObject>,
  own: readonly CheckDefinition[],
): Promise<CheckSettingFault[]> {
  if (settings.size === 0) return [];
  const definitions = new Map(await loadCheckDefinitions(new Set(settings.keys())));
  for (const definition of own) definitions.set(definition.id, definition);
  return [...settings].flatMap(([check, values]) => {
    const definition = definitions.get(check);
    if (definition === undefined) return [];
    return settingFaults(definition.params, values).map(({ name, message }) => ({
      check,
      setting: name,
      message,
    }));
  });
}
