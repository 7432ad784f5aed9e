import type { ControlReferences } from '@keelson/evidence';

/** A set of controls that somebody publishes and an auditor asks for (docs/frameworks-format.md). */
export interface Framework {
  /** `cis-1.12`: what checks and users call it. */
  id: string;
  title: string;
  version: string;
  publisher: string;
  /** Where the framework itself is published. */
  reference: string;
  /** Shorter names that users may call it by. */
  aliases: readonly string[];
  /** Sections in the framework's order. */
  groups: readonly ControlGroup[];
  /** Selections of controls that go by a name of their own. */
  profiles: readonly Profile[];
  /** In the framework's order. */
  controls: readonly Control[];
}

/** A section of a framework. */
export interface ControlGroup {
  id: string;
  title: string;
  /** What the checks of its controls need to see: what to add to the input when there was nothing to judge. */
  collect?: string;
}

/** A named selection of controls: a level, a baseline. */
export interface Profile {
  id: string;
  title: string;
  controls: readonly string[];
}

/**
 * A control. Identifiers are the framework's, texts are our own. Checks say by themselves which controls they judge
 * (`controls` of a check); `from` and `checks` add to those.
 */
export interface Control {
  id: string;
  title: string;
  group?: string;
  /** What a person must collect and judge, where checks judge nothing of it or a part only. */
  manual?: string;
  /** As `collect` of the group, for this control alone. */
  collect?: string;
  /** Why the control asks nothing of what keelson reads. */
  notApplicable?: string;
  /** Controls of other frameworks whose checks judge this one too. */
  from: ControlReferences;
  /** Further checks that judge it. */
  checks: readonly string[];
  /** Those of its checks of which one at least must have had something to judge before it passes; any when left out. */
  decisive?: readonly string[];
}

/** The framework cut down to one of its profiles. */
export function profileOf(framework: Framework, profile: Profile): Framework {
  const wanted = new Set(profile.controls);
  // Checks name controls of the framework, which the profile is only a part of.
  const controls = framework.controls
    .filter(({ id }) => wanted.has(id))
    .map((control) => takingOver(control, framework.id));
  const used = new Set(controls.map(({ group }) => group));
  return {
    ...framework,
    id: profile.id,
    title: profile.title,
    aliases: [],
    profiles: [],
    groups: framework.groups.filter(({ id }) => used.has(id)),
    controls,
  };
}

/** The control with what judges the control of that id in another framework. */
export function takingOver(control: Control, framework: string): Control {
  const own = control.from[framework] ?? [];
  return { ...control, from: { ...control.from, [framework]: [...own, control.id] } };
}
