import { digestOf, mediaTypes } from '@keelson/oci';
import { CheckFailure, type DistributionCheck, equal, must, NotSupported } from './check.ts';
import { named, type Probe } from './probe.ts';

const octets = { 'content-type': 'application/octet-stream' };
const digestOfText = (text: string) => digestOf(new TextEncoder().encode(text));
const range = (from: number, text: string) => ({
  ...octets,
  'content-range': `${from}-${from + text.length - 1}`,
});

/** Begins an upload and gives its place. */
const begin = async (probe: Probe) => probe.locationOf(await probe.expect([202], 'POST', 'blobs/uploads/'));
const isThere = (probe: Probe, text: string) => probe.expect([200], 'HEAD', `blobs/${digestOfText(text)}`);

/** end-4 to end-6, end-11 and end-13. */
export const blobPushChecks: readonly DistributionCheck[] = [
  {
    id: 'end-4a, end-6 POST then PUT keeps a blob',
    section: 'Pushing a blob monolithically',
    async run(probe) {
      const place = probe.withDigest(await begin(probe), digestOfText('content'));
      const done = await probe.expect([201], 'PUT', place, { headers: octets, body: 'content' });
      const pulled = await probe.expect([200], 'GET', probe.locationOf(done));
      equal(await pulled.text(), 'content', 'what stands at Location');
    },
  },
  {
    id: 'end-4b POST with a digest keeps a blob, or begins an upload',
    section: 'Single POST',
    async run(probe) {
      const path = `blobs/uploads/?digest=${digestOfText('content')}`;
      const response = await probe.expect([201, 202], 'POST', path, { headers: octets, body: 'content' });
      if (response.status === 201) await isThere(probe, 'content');
      else probe.locationOf(response);
    },
  },
  {
    id: 'end-5 PATCH twice and PUT keep a blob in pieces',
    section: 'Pushing a blob in chunks',
    async run(probe) {
      const first = await probe.expect([202], 'PATCH', await begin(probe), {
        headers: range(0, 'first '),
        body: 'first ',
      });
      equal(first.headers.get('range'), '0-5', 'Range');
      const second = await probe.expect([202], 'PATCH', probe.locationOf(first), {
        headers: range(6, 'second'),
        body: 'second',
      });
      equal(second.headers.get('range'), '0-11', 'Range');
      const place = probe.withDigest(probe.locationOf(second), digestOfText('first second'));
      await probe.expect([201], 'PUT', place);
      await isThere(probe, 'first second');
    },
  },
  {
    id: 'end-6 PUT may bring the last piece',
    section: 'Pushing a blob in chunks',
    async run(probe) {
      const first = await probe.expect([202], 'PATCH', await begin(probe), {
        headers: range(0, 'first '),
        body: 'first ',
      });
      const place = probe.withDigest(probe.locationOf(first), digestOfText('first last'));
      await probe.expect([201], 'PUT', place, { headers: range(6, 'last'), body: 'last' });
      await isThere(probe, 'first last');
    },
  },
  {
    id: 'end-5 PATCH out of order answers 416',
    section: 'Pushing a blob in chunks',
    async run(probe) {
      const place = await begin(probe);
      await probe.expect([416], 'PATCH', place, { headers: range(6, 'second'), body: 'second' });
    },
  },
  {
    id: 'end-13 GET tells how far an upload is',
    section: 'Resuming an upload',
    async run(probe) {
      const first = await probe.expect([202], 'PATCH', await begin(probe), {
        headers: range(0, 'first '),
        body: 'first ',
      });
      const status = await probe.expect([204], 'GET', probe.locationOf(first));
      equal(status.headers.get('range'), '0-5', 'Range');
      const place = probe.withDigest(probe.locationOf(status), digestOfText('first '));
      await probe.expect([201], 'PUT', place);
    },
  },
  {
    id: 'end-6 PUT of content with another digest is refused',
    section: 'Pushing a blob monolithically',
    async run(probe) {
      const place = probe.withDigest(await begin(probe), digestOfText('content'));
      await probe.expect([400], 'PUT', place, { headers: octets, body: 'other' });
      await probe.expect([404], 'HEAD', `blobs/${digestOfText('content')}`);
    },
  },
  {
    id: 'end-6 PUT with a digest that is none is refused',
    section: 'Pushing a blob monolithically',
    async run(probe) {
      await probe.expect([400], 'PUT', probe.withDigest(await begin(probe), 'sha256:abc'), {
        headers: octets,
        body: 'x',
      });
    },
  },
  {
    id: 'end-6 PUT to an upload that is over answers 404',
    section: 'Pushing a blob monolithically',
    async run(probe) {
      const place = probe.withDigest(await begin(probe), digestOfText('content'));
      await probe.expect([201], 'PUT', place, { headers: octets, body: 'content' });
      await probe.expect([404], 'PUT', place, { headers: octets, body: 'content' });
    },
  },
  {
    id: 'end-11 POST mounts a blob of another repository, or begins an upload',
    section: 'Mounting a blob from another repository',
    async run(probe) {
      const { digest } = await probe.pushBlob('content');
      const path = `/v2/${probe.repository}-other/blobs/uploads/?mount=${digest}&from=${probe.repository}`;
      const response = await probe.expect([201, 202], 'POST', path);
      probe.locationOf(response);
      if (response.status === 201)
        await probe.expect([200], 'HEAD', `/v2/${probe.repository}-other/blobs/${digest}`);
    },
  },
  {
    id: 'end-11 POST to mount what is not there begins an upload',
    section: 'Mounting a blob from another repository',
    async run(probe) {
      const path = `blobs/uploads/?mount=${digestOfText('absent')}&from=${probe.repository}-other`;
      probe.locationOf(await probe.expect([202], 'POST', path));
    },
  },
  {
    id: 'blobs may be of sha512',
    section: 'Digest, image-spec descriptor.md',
    async run(probe) {
      const digest = digestOf(new TextEncoder().encode('content'), 'sha512');
      const place = probe.withDigest(await begin(probe), digest);
      const response = await probe.call('PUT', place, { headers: octets, body: 'content' });
      if (response.status === 400) throw new NotSupported('the registry takes no sha512');
      equal(response.status, 201, 'the status');
      await probe.expect([200], 'HEAD', `blobs/${digest}`);
    },
  },
];

/** end-7. */
export const manifestPushChecks: readonly DistributionCheck[] = [
  {
    id: 'end-7 PUT keeps a manifest under a tag and its digest',
    section: 'Pushing Manifests',
    async run(probe) {
      const { digest, body, response } = await probe.pushImage('v1');
      must(response.headers.get('location') !== null, 'Location is missing');
      const said = response.headers.get('docker-content-digest');
      must(said === null || said === digest, `Docker-Content-Digest is ${said}`);
      const headers = { accept: mediaTypes.ociManifest };
      equal(
        await (await probe.expect([200], 'GET', `manifests/${digest}`, { headers })).text(),
        body,
        'the body',
      );
    },
  },
  {
    id: 'end-7 PUT moves a tag',
    section: 'Pushing Manifests',
    async run(probe) {
      await probe.pushImage('v1');
      const { body } = await probe.pushImage('v1', {}, 'another layer');
      const headers = { accept: mediaTypes.ociManifest };
      equal(await (await probe.expect([200], 'GET', 'manifests/v1', { headers })).text(), body, 'the body');
    },
  },
  {
    id: 'end-7 PUT under another digest is refused',
    section: 'Pushing Manifests',
    async run(probe) {
      const { body } = await probe.image();
      const call = { headers: { 'content-type': mediaTypes.ociManifest }, body };
      await probe.expect([400], 'PUT', `manifests/${digestOfText('other')}`, call);
    },
  },
  {
    id: 'end-7 PUT of what is no manifest is refused',
    section: 'Pushing Manifests',
    async run(probe) {
      await probe.pushImage('v1');
      const call = { headers: { 'content-type': mediaTypes.ociManifest }, body: 'no manifest' };
      await probe.expect([400], 'PUT', 'manifests/v2', call);
    },
  },
  {
    id: 'end-7 PUT keeps an index',
    section: 'Pushing Manifests',
    async run(probe) {
      const image = await probe.pushImage('');
      const body = JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.ociIndex,
        manifests: [named(image)],
      });
      await probe.putManifest('multi', body, mediaTypes.ociIndex);
      const headers = { accept: mediaTypes.ociIndex };
      equal(
        await (await probe.expect([200], 'GET', 'manifests/multi', { headers })).text(),
        body,
        'the body',
      );
    },
  },
  {
    id: 'end-7 PUT keeps an artifact without layers, of a type of its own',
    section: 'Pushing Manifests',
    async run(probe) {
      const config = await probe.pushBlob('{}', mediaTypes.ociEmpty);
      const { digest } = await probe.pushImage('', {
        artifactType: 'application/vnd.example',
        config,
        layers: [config],
      });
      await probe.expect([200], 'GET', `manifests/${digest}`, {
        headers: { accept: mediaTypes.ociManifest },
      });
    },
  },
  {
    id: 'end-7 PUT of a manifest whose layer is not there is taken or refused',
    section: 'Pushing Manifests',
    async run(probe) {
      const layer = { mediaType: mediaTypes.ociLayer, digest: digestOfText('absent'), size: 6 };
      const { body } = await probe.image({ layers: [layer] });
      const call = { headers: { 'content-type': mediaTypes.ociManifest }, body };
      const { status } = await probe.call('PUT', 'manifests/v1', call);
      if (status !== 201 && (status < 400 || status >= 500)) throw new CheckFailure(`it answers ${status}`);
    },
  },
  {
    id: 'end-7 PUT keeps a manifest whose subject is not there',
    section: 'Pushing Manifests with Subject',
    async run(probe) {
      const subject = { mediaType: mediaTypes.ociManifest, digest: digestOfText('absent'), size: 6 };
      const { response } = await probe.pushImage('', { subject });
      const said = response.headers.get('oci-subject');
      must(said === null || said === subject.digest, `OCI-Subject is ${said}`);
    },
  },
];
