/** What folders, globs, kustomizations and charts need, in one module: a scan of one file starts without it. */
export { expandGlob } from './glob.ts';
export { renderChart } from './helm/chart.ts';
export { chartInflater } from './helm/inflate.ts';
export { buildAll } from './kustomize/build-all.ts';
export { BuildSession } from './kustomize/session.ts';
export { FolderWalk } from './walk.ts';
