import type { Suite } from './suite.ts';

/** Every suite by the name of its corpus; a module is loaded only when its suite runs. */
export const suites: Readonly<Record<string, () => Promise<{ suite: Suite }>>> = {
  'attack-mappings': () => import('./attack-mappings.ts'),
  'calico-selectors': () => import('./calico-selectors.ts'),
  'cilium-policies': () => import('./cilium-policies.ts'),
  'cns-controls-catalog': () => import('./cns-controls-catalog.ts'),
  cose: () => import('./cose.ts'),
  dockerfiles: () => import('./dockerfiles.ts'),
  'gatekeeper-library': () => import('./gatekeeper-library.ts'),
  'helm-bitnami': () => import('./helm-bitnami.ts'),
  'in-toto': () => import('./in-toto.ts'),
  jose: () => import('./jose.ts'),
  kics: () => import('./kics.ts'),
  'netpol-analyzer': () => import('./netpol-analyzer.ts'),
  'netpol-kernel-truth': () => import('./netpol-kernel-truth.ts'),
  'netpol-peer': () => import('./netpol-peer.ts'),
  'netpol-recipes': () => import('./netpol-recipes.ts'),
  'netpol-synthesis': () => import('./netpol-synthesis.ts'),
  'network-policy-api': () => import('./network-policy-api.ts'),
  notation: () => import('./notation.ts'),
  'osps-baseline': () => import('./osps-baseline.ts'),
  'oci-distribution': () => import('./oci-distribution.ts'),
  'opa-cases': () => import('./opa-cases.ts'),
  'opa-compilecases': () => import('./opa-compilecases.ts'),
  'opa-meta': () => import('./opa-meta.ts'),
  oscal: () => import('./oscal.ts'),
  'policy-controller': () => import('./policy-controller.ts'),
  'psa-oracle': () => import('./psa-oracle.ts'),
  'psa-testdata': () => import('./psa-testdata.ts'),
  'rego-bench': () => import('./rego-bench.ts'),
  regolibrary: () => import('./regolibrary.ts'),
  'sigstore-conformance': () => import('./sigstore-conformance.ts'),
  'tekton-chains': () => import('./tekton-chains.ts'),
  'trivy-checks': () => import('./trivy-checks.ts'),
  wycheproof: () => import('./wycheproof.ts'),
  'trust-goldens': () => import('./trust-goldens.ts'),
  'tuf-static': () => import('./tuf-static.ts'),
  'yaml-fuzz': () => import('./yaml-fuzz.ts'),
  'yaml-k8s-manifests': () => import('./yaml-k8s-manifests.ts'),
  'yaml-k8s-semantics': () => import('./yaml-k8s-semantics.ts'),
};

/** Suites of work that is under way: run by name, to see how far it is, and not part of `--all`. */
export const progressSuites: typeof suites = {
  nca: () => import('./nca.ts'),
  'cel-conformance': () => import('./cel-conformance.ts'),
};
