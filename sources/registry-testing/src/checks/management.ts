import { digestOf, mediaTypes } from '@keelson/oci';
import { type DistributionCheck, equal, NotSupported } from './check.ts';
import type { Probe } from './probe.ts';

const accept = { headers: { accept: mediaTypes.ociManifest } };

/** Registries may refuse to delete (distribution-spec 1.1, "Content Management"). */
async function remove(probe: Probe, path: string): Promise<void> {
  const { status } = await probe.call('DELETE', path);
  if (status === 405 || status === 400) throw new NotSupported(`the registry does not delete: ${status}`);
  equal(status, 202, `the status of DELETE ${path}`);
}

/** end-9 and end-10. */
export const managementChecks: readonly DistributionCheck[] = [
  {
    id: 'end-9 DELETE takes a tag away and leaves its manifest',
    section: 'Deleting tags',
    async run(probe) {
      const { digest } = await probe.pushImage('v1');
      await remove(probe, 'manifests/v1');
      await probe.expect([404], 'GET', 'manifests/v1', accept);
      await probe.expect([200], 'GET', `manifests/${digest}`, accept);
    },
  },
  {
    id: 'end-9 DELETE takes a manifest away, and its tags with it',
    section: 'Deleting Manifests',
    async run(probe) {
      const { digest } = await probe.pushImage('v1');
      await remove(probe, `manifests/${digest}`);
      await probe.expect([404], 'GET', `manifests/${digest}`, accept);
      await probe.expect([404], 'GET', 'manifests/v1', accept);
    },
  },
  {
    id: 'end-10 DELETE takes a blob away',
    section: 'Deleting Blobs',
    async run(probe) {
      const { digest } = await probe.pushBlob('content');
      await remove(probe, `blobs/${digest}`);
      await probe.expect([404], 'HEAD', `blobs/${digest}`);
    },
  },
  {
    id: 'end-9, end-10 DELETE of what is not there answers 404',
    section: 'Content Management',
    async run(probe) {
      await probe.pushImage('v1');
      const absent = digestOf(new TextEncoder().encode('absent'));
      for (const path of [`manifests/${absent}`, `blobs/${absent}`]) {
        const { status } = await probe.call('DELETE', path);
        if (status === 405) throw new NotSupported('the registry does not delete');
        equal(status, 404, `the status of DELETE ${path}`);
      }
    },
  },
];
