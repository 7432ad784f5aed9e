import type { DockerfileInput, ProgramContext, Violation } from '@keelson/checks';
import type { JsonObject } from '@keelson/core';
import { mappingsAt, textAt, textsAt } from '../fields.ts';
import { type PlacedStage, placedStages } from './stage-instructions.ts';

/** Managers whose `upgrade` without packages fetches the index as well (`yum update`, `dnf upgrade`). */
const upgradeRefreshes = new Set(['yum', 'dnf']);

/** Installing from an index that an earlier RUN fetched: that layer is cached, and the index in it grows old. */
export function* updateAlone(context: ProgramContext): Iterable<Violation> {
  for (const input of context.dockerfiles) {
    for (const stage of placedStages(input)) yield* judgeStage(input, stage);
  }
}

function* judgeStage(input: DockerfileInput, stage: PlacedStage): Iterable<Violation> {
  /** Managers with a RUN that only refreshed the index. */
  const stale = new Set<string>();
  for (const { value, path } of stage.instructions) {
    if (value['keyword'] !== 'RUN') continue;
    const refreshed = new Set<string>();
    const installed = new Set<string>();
    for (const { item: command } of mappingsAt(value, ['commands'])) {
      const manager = textAt(command, ['manager']);
      if (manager === undefined) continue;
      const isInstall = command['action'] === 'install';
      if (isInstall && !refreshes(command) && !refreshed.has(manager) && stale.delete(manager)) {
        const message = `${manager} installs from an index that an earlier layer fetched`;
        yield { subject: input, path, message };
      }
      if (isInstall) installed.add(manager);
      if (refreshes(command)) refreshed.add(manager);
    }
    for (const manager of refreshed) if (!installed.has(manager)) stale.add(manager);
  }
}

function refreshes(command: JsonObject): boolean {
  const action = textAt(command, ['action']);
  const manager = textAt(command, ['manager']);
  if (action === 'update') return true;
  if (action === 'upgrade') return manager !== undefined && upgradeRefreshes.has(manager);
  if (action !== 'install') return false;
  const flags = textsAt(command, ['flags']);
  if (manager === 'apk')
    return flags.some((flag) => ['-U', '--update', '--update-cache', '--no-cache'].includes(flag));
  return manager === 'pacman' && flags.some((flag) => /^-Sy/.test(flag));
}
