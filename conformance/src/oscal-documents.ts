import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { judge, redactor, toFinding } from '@keelson/checks';
import { assess, coverageOf } from '@keelson/compliance';
import { SensitiveKey } from '@keelson/evidence';
import { type LoadedInput, loadInput } from '@keelson/manifests';
import { loadChecks, loadCheckTexts } from '@keelson/pack-checks';
import { loadFrameworks } from '@keelson/pack-frameworks';
import { reportFormats, type ScanReport } from '@keelson/report';

/** OSCAL documents that keelson writes of real scans: the examples of this repository, and the corpus of manifests. */
export async function scanDocuments(dir: string): Promise<{ id: string; document: string }[]> {
  const examples = resolve(import.meta.dirname, '../../examples');
  const folders = [
    resolve(examples, 'shop'),
    resolve(examples, 'shop-hardened'),
    resolve(dir, '../manifests/real'),
  ].filter((folder) => existsSync(folder));
  const documents: { id: string; document: string }[] = [];
  for (const folder of folders) {
    const report = await reportOf(await loadInput([folder]));
    for (const [name, format] of Object.entries(reportFormats)) {
      if (!name.startsWith('oscal-')) continue;
      const write = await format.load();
      documents.push({
        id: `${name} of ${folder.split('/').slice(-2).join('/')}`,
        document: [...write(report)].join(''),
      });
    }
  }
  return documents;
}

async function reportOf(loaded: LoadedInput): Promise<ScanReport> {
  const texts = await loadCheckTexts();
  const judgement = judge({ ...loaded, defaultNamespace: 'default' }, await loadChecks());
  const findings = judgement.violations.map((violation) => ({
    finding: toFinding(violation, 'default'),
    fixable: false,
  }));
  const results = {
    statistics: judgement.statistics,
    findings: findings.map(({ finding }) => ({ rule: finding.rule, suppressed: false })),
    asked: new Set(texts.keys()),
    unread: loaded.errors.length,
  };
  const frameworks = (await loadFrameworks()).map((framework) =>
    assess(framework, coverageOf(framework, texts.values()), results),
  );
  return {
    tool: { name: 'keelson', version: '0.0.0' },
    time: '2026-01-02T03:04:05Z',
    findings,
    notifications: [
      ...loaded.errors.map(({ code, message, location }) => ({
        level: 'error' as const,
        code,
        message,
        ...(location === undefined ? {} : { location }),
      })),
      ...judgement.notifications,
    ],
    texts,
    statistics: judgement.statistics,
    sources: loaded.sources,
    input: {
      files: loaded.files,
      documents: loaded.documents,
      objects: loaded.resources.length,
      dockerfiles: loaded.dockerfiles.length,
      checks: texts.size,
    },
    failOn: 'high',
    suppressions: { loaded: 0, matched: 0, unused: 0, expired: 0 },
    frameworks,
    redact: redactor([...loaded.resources, ...loaded.dockerfiles], new SensitiveKey()),
  };
}
