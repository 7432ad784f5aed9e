import type { ControlReferences } from '@keelson/evidence';
import type { FrameworkCoverage } from '../frameworks.ts';

/** For each check the controls of these frameworks that it judges, also those that it does not name itself. */
export function controlsByCheck(
  frameworks: readonly FrameworkCoverage[],
): ReadonlyMap<string, ControlReferences> {
  const byCheck = new Map<string, Record<string, string[]>>();
  for (const { framework, coverage } of frameworks) {
    for (const { control, checks } of coverage) {
      for (const check of checks) {
        const controls = byCheck.get(check) ?? {};
        byCheck.set(check, controls);
        const ids = controls[framework.id] ?? [];
        controls[framework.id] = [...ids, control.id];
      }
    }
  }
  return byCheck;
}

/** What carries controls, with those of the frameworks that the user named beside its own. */
export function withControls<T extends { controls?: ControlReferences }>(
  item: T,
  named: ControlReferences | undefined,
): T {
  return named === undefined ? item : Object.assign(item, { controls: { ...item.controls, ...named } });
}
