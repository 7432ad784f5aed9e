import { isKeelsonError, isObject, type JsonValue } from '@keelson/core';
import { admitImage, type ImageEvidence, type PolicyImages, type Workload } from '@keelson/image-policies';
import { podTemplates, type Resource } from '@keelson/kubernetes';
import { parseRegistryReference } from '@keelson/oci';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { readResources } from '../netpol/input.ts';
import { givenPolicies } from './admission-policies.ts';
import { admissionJson, admissionText, type JudgedImage } from './admission-text.ts';
import { noteRead } from './files-read.ts';
import type { PolicyValues } from './policy-flags.ts';

/** @returns what is told, and the exit code */
export async function verifyByPolicies(operand: string | undefined, values: PolicyValues) {
  const isOnly = operand !== undefined;
  const namedBy = isOnly ? 'command' : 'manifests';
  const { policies, images: library } = await givenPolicies(values, Date.now(), namedBy);
  const { images, isPartial } = await imagesOf(operand, values);
  const judged: JudgedImage[] = [];
  for (const { name, runBy, workload } of images) {
    const found = await evidenceOf(name, library, isOnly);
    const about = { name, ...(runBy === undefined ? {} : { runBy }) };
    if ('fault' in found) judged.push({ ...about, ...found });
    else {
      const image = { name, evidence: found, ...(workload === undefined ? {} : { workload }) };
      const verdict = await admitImage(image, policies);
      judged.push({ ...about, digest: found.descriptor.digest, verdict });
    }
  }
  return {
    code: codeOf(judged, isPartial),
    txt: admissionText(judged, policies),
    json: admissionJson(judged, policies),
  };
}

function codeOf(judged: readonly JudgedImage[], isPartial: boolean): number {
  if (judged.some(({ fault, isMisnamed }) => fault !== undefined && isMisnamed !== true))
    return exitCodes.outside;
  if (isPartial || judged.some(({ isMisnamed }) => isMisnamed === true)) return exitCodes.unreadable;
  return judged.every(({ verdict }) => verdict?.isAdmitted === true) ? exitCodes.done : exitCodes.findings;
}

type Evidence = ImageEvidence | Required<Pick<JudgedImage, 'fault' | 'isMisnamed'>>;

/** What stands beside an image. One of many that cannot be read keeps no other from its verdict. */
async function evidenceOf(name: string, images: PolicyImages, isOnly: boolean): Promise<Evidence> {
  try {
    return await images.evidence(name);
  } catch (error) {
    if (isOnly || !isKeelsonError(error)) throw error;
    return { fault: error, isMisnamed: isMisnamed(name) };
  }
}

function isMisnamed(name: string): boolean {
  try {
    parseRegistryReference(name);
    return false;
  } catch {
    return true;
  }
}

interface RunImage {
  readonly name: string;
  readonly runBy?: string;
  readonly workload?: Workload;
}

async function imagesOf(operand: string | undefined, values: PolicyValues) {
  const { manifests } = values;
  if ((operand === undefined) === (manifests === undefined))
    throw new CommandError(
      'USAGE',
      'name one image, or --manifests PATH: what is to be judged by the policies?',
    );
  if (operand !== undefined) return { images: [{ name: operand }] satisfies RunImage[], isPartial: false };
  const { resources, isPartial } = await readResources(manifests ?? [], values);
  for (const { origin } of resources) noteRead(origin.file);
  const images = resources.flatMap(runImages);
  if (images.length === 0 && !isPartial)
    throw new CommandError('USAGE', `nothing in ${(manifests ?? []).join(', ')} runs an image`);
  return { images, isPartial };
}

/** The images of all containers, and those that are mounted, each once for an object. */
function runImages(resource: Resource): readonly RunImage[] {
  const { kind, namespace, name } = resource;
  const runBy = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  const names = podTemplates(resource).flatMap(({ spec, containers }) => [
    ...containers.map(({ container }) => container['image']),
    ...mountedImages(spec['volumes']),
  ]);
  return [...new Set(names)]
    .filter((image) => typeof image === 'string')
    .map((image) => ({ name: image, runBy, workload: resource }));
}

function mountedImages(volumes: JsonValue | undefined): readonly (JsonValue | undefined)[] {
  if (!Array.isArray(volumes)) return [];
  return volumes.flatMap((volume) => {
    const image = isObject(volume) ? volume['image'] : undefined;
    return isObject(image) ? [image['reference']] : [];
  });
}
