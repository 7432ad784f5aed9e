import { digestOf, mediaTypes } from '@keelson/oci';
import { type DistributionCheck, equal, must, NotSupported } from './check.ts';
import { listIn, named, type Probe } from './probe.ts';

const signature = 'application/vnd.example.signature';
const sbom = 'application/vnd.example.sbom';

async function tagged(probe: Probe, tags: readonly string[]): Promise<void> {
  for (const tag of tags) await probe.pushImage(tag);
}

const tagsAt = async (probe: Probe, path: string) =>
  (await listIn(await probe.expect([200], 'GET', path), 'tags')).join(' ');

/** end-8. */
export const tagChecks: readonly DistributionCheck[] = [
  {
    id: 'end-8a GET lists the tags in order',
    section: 'Listing Tags',
    async run(probe) {
      await tagged(probe, ['b', 'a', 'c']);
      equal(await tagsAt(probe, 'tags/list'), 'a b c', 'the list');
    },
  },
  {
    id: 'end-8b n bounds the list, and last goes on from a tag',
    section: 'Listing Tags',
    async run(probe) {
      await tagged(probe, ['a', 'b', 'c', 'd']);
      equal(await tagsAt(probe, 'tags/list?n=2'), 'a b', 'the list');
      equal(await tagsAt(probe, 'tags/list?n=2&last=b'), 'c d', 'the list');
      equal(await tagsAt(probe, 'tags/list?last=c'), 'd', 'the list');
    },
  },
  {
    id: 'end-8b n=0 gives no tags',
    section: 'Listing Tags',
    async run(probe) {
      await tagged(probe, ['a']);
      const response = await probe.call('GET', 'tags/list?n=0');
      if (response.status === 400) throw new NotSupported('the registry refuses n=0');
      must(((await listIn(response, 'tags')) ?? []).length === 0, 'there are tags');
    },
  },
  {
    id: 'end-8b Link leads through all pages',
    section: 'Listing Tags',
    async run(probe) {
      await tagged(probe, ['a', 'b', 'c']);
      const found: unknown[] = [];
      let path: string | undefined = 'tags/list?n=1';
      for (let page = 0; path !== undefined && page < 10; page++) {
        const response: Response = await probe.expect([200], 'GET', path);
        found.push(...(await listIn(response, 'tags')));
        const target = /<([^>]*)>;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1];
        path = target === undefined ? undefined : new URL(target, response.url).href;
      }
      equal(found.join(' '), 'a b c', 'all pages');
    },
  },
  {
    id: 'end-8a GET for a repository that is not there answers 404',
    section: 'Listing Tags',
    async run(probe) {
      await probe.expect([404], 'GET', 'tags/list');
    },
  },
];

/** The list of a subject's referrers, and its answer. */
async function referrers(probe: Probe, path: string) {
  const response = await probe.call('GET', `referrers/${path}`);
  if (response.status === 404) throw new NotSupported('the registry has no referrers API');
  equal(response.status, 200, 'the status');
  equal(response.headers.get('content-type'), mediaTypes.ociIndex, 'Content-Type');
  const list = await listIn(response, 'manifests');
  return { response, entries: list.map((entry) => new Map(Object.entries(Object(entry)))) };
}

/** end-12. */
export const referrerChecks: readonly DistributionCheck[] = [
  {
    id: 'end-7 PUT of a referrer answers with its subject',
    section: 'Pushing Manifests with Subject',
    async run(probe) {
      const image = await probe.pushImage('v1');
      await referrers(probe, image.digest);
      const { response } = await probe.pushImage('', { artifactType: signature, subject: named(image) });
      equal(response.headers.get('oci-subject'), image.digest, 'OCI-Subject');
    },
  },
  {
    id: 'end-12a GET lists the referrers with type, size and annotations',
    section: 'Listing Referrers',
    async run(probe) {
      const image = await probe.pushImage('v1');
      const annotations = { 'org.example': 'x' };
      const referrer = await probe.pushImage('', {
        artifactType: signature,
        subject: named(image),
        annotations,
      });
      const { entries } = await referrers(probe, image.digest);
      const [entry] = entries;
      equal(entries.length, 1, 'the number of referrers');
      equal(entry?.get('digest'), referrer.digest, 'digest');
      equal(entry?.get('size'), referrer.size, 'size');
      equal(entry?.get('mediaType'), mediaTypes.ociManifest, 'mediaType');
      equal(entry?.get('artifactType'), signature, 'artifactType');
      equal(JSON.stringify(entry?.get('annotations')), JSON.stringify(annotations), 'annotations');
    },
  },
  {
    id: 'end-12a the type of a referrer without one is that of its configuration',
    section: 'Listing Referrers',
    async run(probe) {
      const image = await probe.pushImage('v1');
      const config = await probe.pushBlob('{}', signature);
      await probe.pushImage('', { config, subject: named(image) });
      const { entries } = await referrers(probe, image.digest);
      equal(entries[0]?.get('artifactType'), signature, 'artifactType');
    },
  },
  {
    id: 'end-12a an index may be a referrer',
    section: 'Listing Referrers',
    async run(probe) {
      const image = await probe.pushImage('v1');
      const subject = named(image);
      const index = {
        schemaVersion: 2,
        mediaType: mediaTypes.ociIndex,
        artifactType: sbom,
        manifests: [subject],
        subject,
      };
      await probe.putManifest('index', JSON.stringify(index), mediaTypes.ociIndex);
      const { entries } = await referrers(probe, image.digest);
      equal(entries[0]?.get('mediaType'), mediaTypes.ociIndex, 'mediaType');
      equal(entries[0]?.get('artifactType'), sbom, 'artifactType');
    },
  },
  {
    id: 'end-12a GET for a subject without referrers gives an empty list',
    section: 'Listing Referrers',
    async run(probe) {
      await probe.pushImage('v1');
      const { entries } = await referrers(probe, digestOf(new TextEncoder().encode('absent')));
      equal(entries.length, 0, 'the number of referrers');
    },
  },
  {
    id: 'end-12a GET for a digest that is none answers 400',
    section: 'Listing Referrers',
    async run(probe) {
      const image = await probe.pushImage('v1');
      await referrers(probe, image.digest);
      await probe.expect([400], 'GET', 'referrers/sha256:abc');
    },
  },
  {
    id: 'end-12a referrers that came before their subject are listed',
    section: 'Pushing Manifests with Subject',
    async run(probe) {
      const image = await probe.image();
      await probe.pushImage('', { artifactType: signature, subject: named(image) });
      await probe.putManifest('v1', image.body);
      equal((await referrers(probe, image.digest)).entries.length, 1, 'the number of referrers');
    },
  },
  {
    id: 'end-12b artifactType filters, and the answer tells so',
    section: 'Listing Referrers',
    async run(probe) {
      const image = await probe.pushImage('v1');
      for (const artifactType of [signature, sbom])
        await probe.pushImage('', { artifactType, subject: named(image) });
      const path = `${image.digest}?artifactType=${encodeURIComponent(sbom)}`;
      const { response, entries } = await referrers(probe, path);
      const filters = response.headers.get('oci-filters-applied');
      if (filters === null) throw new NotSupported('the registry does not filter');
      equal(filters, 'artifactType', 'OCI-Filters-Applied');
      equal(entries.map((entry) => entry.get('artifactType')).join(' '), sbom, 'the types');
    },
  },
  {
    id: 'end-9 a referrer that was deleted is listed no more',
    section: 'Listing Referrers',
    async run(probe) {
      const image = await probe.pushImage('v1');
      const { digest } = await probe.pushImage('', { artifactType: signature, subject: named(image) });
      await referrers(probe, image.digest);
      const { status } = await probe.call('DELETE', `manifests/${digest}`);
      if (status === 405) throw new NotSupported('the registry does not delete');
      equal((await referrers(probe, image.digest)).entries.length, 0, 'the number of referrers');
    },
  },
];
