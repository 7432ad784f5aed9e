import {
  readUsedAnnotations,
  readWantedAnnotations,
  rewriteMetadataCalls,
  setAnnotations,
} from './annotations/stages.ts';
import {
  checkDeprecated,
  checkKeywordNames,
  checkModuleImports,
  checkUndefined,
  checkUnsafe,
  checkUnusedImports,
  checkVoid,
} from './check-stages.ts';
import type { Compilation } from './compilation.ts';
import { checkDataConflicts, checkPackageConflicts, checkRuleConflicts } from './conflicts.ts';
import { checkRecursion } from './recursion.ts';
import {
  indexComprehensions,
  prepareHeadReferences,
  resolveNames,
  rewriteComprehensions,
  rewriteDynamicTerms,
  rewriteEquals,
  rewriteExpressionTerms,
  rewriteHeads,
  rewriteLocals,
  rewritePrints,
  rewriteTemplates,
  rewriteWiths,
  setGraph,
  setRuleTree,
} from './rewrite-stages.ts';
import { checkSafety } from './safety-stages.ts';

import { checkTypes } from './type-stages.ts';

export type Stage = (compilation: Compilation) => void;

/** What is done to modules, in the order of OPA's compiler. After a stage with errors the rest may be left out. */
export const moduleStages: readonly Stage[] = [
  readWantedAnnotations,
  resolveNames,
  checkUnusedImports,
  prepareHeadReferences,
  checkKeywordNames,
  checkModuleImports,
  setRuleTree,
  rewriteLocals,
  rewriteTemplates,
  checkVoid,
  rewritePrints,
  rewriteExpressionTerms,
  readUsedAnnotations,
  setAnnotations,
  rewriteMetadataCalls,
  setGraph,
  rewriteComprehensions,
  rewriteHeads,
  rewriteWiths,
  (compilation) => {
    const { ruleTree, sorted, diagnostics, settings } = compilation;
    checkRuleConflicts(ruleTree, (reference) => compilation.display(reference), diagnostics);
    if (settings.baseDocument !== undefined) checkDataConflicts(ruleTree, settings.baseDocument, diagnostics);
    checkPackageConflicts(sorted, diagnostics);
  },
  checkUndefined,
  checkSafety,
  rewriteEquals,
  rewriteDynamicTerms,
  checkRecursion,
  checkTypes,
  checkUnsafe,
  checkDeprecated,
  indexComprehensions,
];
