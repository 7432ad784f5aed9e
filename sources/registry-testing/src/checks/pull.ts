import { digestOf, mediaTypes } from '@keelson/oci';
import { type DistributionCheck, equal, must } from './check.ts';
import { errorCode } from './probe.ts';

const absent = digestOf(new TextEncoder().encode('there is no such content'));
const accept = { headers: { accept: mediaTypes.ociManifest } };

/** end-1 to end-3. */
export const pullChecks: readonly DistributionCheck[] = [
  {
    id: 'end-1 GET /v2/ answers 200',
    section: 'Determining Support',
    async run(probe) {
      await probe.expect([200], 'GET', '/v2/');
    },
  },
  {
    id: 'end-2 GET gives the bytes of a blob',
    section: 'Pulling blobs',
    async run(probe) {
      const { digest } = await probe.pushBlob('content');
      const response = await probe.expect([200], 'GET', `blobs/${digest}`);
      equal(await response.text(), 'content', 'the body');
    },
  },
  {
    id: 'end-2 HEAD tells that a blob is there, and its length',
    section: 'Checking if content exists in the registry',
    async run(probe) {
      const { digest } = await probe.pushBlob('content');
      const response = await probe.expect([200], 'HEAD', `blobs/${digest}`);
      equal(response.headers.get('content-length'), '7', 'Content-Length');
    },
  },
  {
    id: 'end-2 GET and HEAD of a blob that is not there answer 404',
    section: 'Pulling blobs',
    async run(probe) {
      await probe.pushBlob('content');
      await probe.expect([404], 'HEAD', `blobs/${absent}`);
      const response = await probe.expect([404], 'GET', `blobs/${absent}`);
      equal(await errorCode(response), 'BLOB_UNKNOWN', 'the code');
    },
  },
  {
    id: 'end-3 GET gives a manifest by its tag, byte for byte',
    section: 'Pulling manifests',
    async run(probe) {
      const { body } = await probe.pushImage('v1');
      const response = await probe.expect([200], 'GET', 'manifests/v1', accept);
      equal(response.headers.get('content-type'), mediaTypes.ociManifest, 'Content-Type');
      equal(await response.text(), body, 'the body');
    },
  },
  {
    id: 'end-3 GET gives a manifest by its digest, byte for byte',
    section: 'Pulling manifests',
    async run(probe) {
      const { body, digest } = await probe.pushImage('');
      const response = await probe.expect([200], 'GET', `manifests/${digest}`, accept);
      equal(await response.text(), body, 'the body');
      const said = response.headers.get('docker-content-digest');
      must(said === null || said === digest, `Docker-Content-Digest is ${said}`);
    },
  },
  {
    id: 'end-3 HEAD tells that a manifest is there, its length and its digest',
    section: 'Checking if content exists in the registry',
    async run(probe) {
      const { body, digest } = await probe.pushImage('v1');
      const response = await probe.expect([200], 'HEAD', 'manifests/v1', accept);
      equal(response.headers.get('content-length'), String(Buffer.byteLength(body)), 'Content-Length');
      const said = response.headers.get('docker-content-digest');
      must(said === null || said === digest, `Docker-Content-Digest is ${said}`);
    },
  },
  {
    id: 'end-3 GET and HEAD of a manifest that is not there answer 404',
    section: 'Pulling manifests',
    async run(probe) {
      await probe.pushImage('v1');
      await probe.expect([404], 'HEAD', 'manifests/none', accept);
      await probe.expect([404], 'HEAD', `manifests/${absent}`, accept);
      const response = await probe.expect([404], 'GET', 'manifests/none', accept);
      equal(await errorCode(response), 'MANIFEST_UNKNOWN', 'the code');
    },
  },
];
