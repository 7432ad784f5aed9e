import type { ControlReferences } from '@keelson/evidence';
import type { Control, Framework } from './framework.ts';

/** A check and the controls that it says it judges. */
export interface CheckMapping {
  id: string;
  controls: ControlReferences;
  /** Checks that tell what this one leaves out; they judge its controls too. */
  toldBy?: readonly string[];
}

/**
 * How a control can be judged: by checks, by checks and a person (`partial`), by a person, or not at all for the reason
 * that the framework file gives. `uncovered` is a gap of ours: neither a check nor a word on what to collect.
 */
export type ControlState = 'automated' | 'partial' | 'manual' | 'not-applicable' | 'uncovered';

export const controlStates = ['automated', 'partial', 'manual', 'not-applicable', 'uncovered'] as const;

export interface ControlCoverage {
  control: Control;
  /** Ids of the checks that judge it, sorted. */
  checks: readonly string[];
  state: ControlState;
}

/** Every control of the framework, in its order, with the checks that judge it. None is left out. */
export function coverageOf(framework: Framework, mappings: Iterable<CheckMapping>): ControlCoverage[] {
  return coverageBy(mappings)(framework);
}

/** `coverageOf` for several frameworks. */
export function coverageBy(mappings: Iterable<CheckMapping>): (framework: Framework) => ControlCoverage[] {
  const all = [...mappings];
  const index = indexByControl(all);
  const toldBy = new Map(all.map((mapping) => [mapping.id, mapping.toldBy ?? []]));
  return ({ id, controls }) =>
    controls.map((control) => {
      const checks = new Set([...control.checks, ...(index.get(id)?.get(control.id) ?? [])]);
      for (const [other, ids] of Object.entries(control.from)) {
        for (const named of ids) for (const check of index.get(other)?.get(named) ?? []) checks.add(check);
      }
      // A check that is silent because another one speaks has not found the control kept.
      for (const check of checks) for (const teller of toldBy.get(check) ?? []) checks.add(teller);
      return { control, checks: [...checks].sort(), state: stateOf(control, checks.size) };
    });
}

/** Ids of the checks that judge any of these controls. */
export function checksOfCoverage(coverage: readonly ControlCoverage[]): Set<string> {
  return new Set(coverage.flatMap(({ checks }) => checks));
}

/** How many controls there are in each state. */
export function countStates(coverage: readonly ControlCoverage[]): Record<ControlState, number> {
  const counts = { automated: 0, partial: 0, manual: 0, 'not-applicable': 0, uncovered: 0 };
  for (const { state } of coverage) counts[state]++;
  return counts;
}

function stateOf(control: Control, checks: number): ControlState {
  if (control.notApplicable !== undefined) return 'not-applicable';
  if (checks > 0) return control.manual === undefined ? 'automated' : 'partial';
  return control.manual === undefined ? 'uncovered' : 'manual';
}

/** Ids of checks by framework and control. */
function indexByControl(mappings: Iterable<CheckMapping>): Map<string, Map<string, string[]>> {
  const index = new Map<string, Map<string, string[]>>();
  for (const { id, controls } of mappings) {
    for (const [framework, ids] of Object.entries(controls)) {
      const byControl = index.get(framework) ?? new Map<string, string[]>();
      index.set(framework, byControl);
      for (const control of ids) {
        const list = byControl.get(control);
        if (list === undefined) byControl.set(control, [id]);
        else list.push(id);
      }
    }
  }
  return index;
}
