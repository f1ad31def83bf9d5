/** What an image holds → its bill of materials: CycloneDX 1.6 with the npm packages, the native runtime, the models and the base. */
import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../lock/canonical-json.ts';
import type { Lock, LockedModel } from '../lock/lock.ts';
import { tensorsOf } from '../model/signature.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { BaseImage } from './base.ts';

/** A package whose code is in the bundled server. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX identifier or expression; empty when the package does not say. */
  readonly license: string;
  /** Of the published archive, as lock files of npm write it: `sha512-…` in base64. */
  readonly integrity: string;
}

export interface SbomFacts {
  readonly spec: ServiceSpec;
  readonly lock: Lock;
  readonly mlserveVersion: string;
  readonly base: BaseImage;
  readonly packages: readonly BundledPackage[];
  /** Files of the native runtime in the image. */
  readonly runtimeFiles: readonly { readonly path: string; readonly sha256: string }[];
  /** Seconds since the epoch; undefined when nothing says when. */
  readonly createdAt: number | undefined;
}

type Component = Readonly<Record<string, JsonValue>>;

/** The same text for the same facts: the serial number is a digest of the rest. */
export function renderSbom(facts: SbomFacts): string {
  const { spec, mlserveVersion, base, packages, createdAt } = facts;
  const components = [
    ...packages.map(npmComponent),
    runtimeComponent(facts),
    ...facts.lock.models.map((model) => modelComponent(model, spec)),
    baseComponent(base),
  ];
  const document: Component = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      ...(createdAt === undefined ? {} : { timestamp: new Date(createdAt * 1000).toISOString() }),
      tools: { components: [{ type: 'application', name: 'mlserve', version: mlserveVersion }] },
      component: { type: 'container', 'bom-ref': 'image', name: spec.name, version: spec.version },
    },
    components,
    dependencies: [
      { ref: 'image', dependsOn: ['mlserve', ...facts.lock.models.map(modelRef), 'base'] },
      {
        ref: 'mlserve',
        dependsOn: ['onnxruntime', ...packages.filter(({ name }) => name !== 'mlserve').map(packageRef)],
      },
    ],
  };
  const serial = uuidOf(canonicalJson(document));
  return `${canonicalJson({ ...document, serialNumber: `urn:uuid:${serial}` }, 2)}\n`;
}

function npmComponent(bundled: BundledPackage): Component {
  const { name, version, license, integrity } = bundled;
  const hash = /^sha512-(.+)$/.exec(integrity)?.[1];
  return {
    type: name === 'mlserve' ? 'application' : 'library',
    'bom-ref': packageRef(bundled),
    name,
    version,
    purl: purl(name, version),
    ...(license === '' ? {} : { licenses: licensesOf(license) }),
    ...(hash === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }] }),
  };
}

function packageRef({ name, version }: BundledPackage): string {
  return name === 'mlserve' ? name : purl(name, version);
}

function purl(name: string, version: string): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function licensesOf(license: string): JsonValue {
  return /^[\w.-]+$/.test(license) ? [{ license: { id: license } }] : [{ expression: license }];
}

/** What people write: an expression may name a licence that is on no list, which an identifier may not; other words are a name. */
function ownLicenses(text: string): JsonValue {
  const word = String.raw`\(*[\w.+:-]+\)*`;
  const isExpression = new RegExp(`^${word}( (AND|OR|WITH) ${word})*$`).test(text);
  return [isExpression ? { expression: text } : { license: { name: text } }];
}

function runtimeComponent({ lock, runtimeFiles }: SbomFacts): Component {
  const { name, version } = lock.runtime;
  return {
    type: 'library',
    'bom-ref': 'onnxruntime',
    name,
    version,
    purl: purl(name, version),
    licenses: licensesOf('MIT'),
    components: runtimeFiles.map(({ path, sha256 }) => ({
      type: 'file',
      name: path,
      hashes: [{ alg: 'SHA-256', content: sha256 }],
    })),
  };
}

function modelRef({ name, version }: LockedModel): string {
  return `model:${name}@${version}`;
}

function modelComponent(model: LockedModel, spec: ServiceSpec): Component {
  const { name, version, digests, files, signature } = model;
  const hex = (digest: string): string => digest.replace('sha256:', '');
  const format = (values: typeof signature.inputs): JsonValue =>
    tensorsOf(values).map((value) => ({
      format: `${value.name}: ${value.elementType}[${value.shape?.map((size) => size ?? '?').join(', ') ?? '…'}]`,
    }));
  return {
    type: 'machine-learning-model',
    'bom-ref': modelRef(model),
    name,
    version,
    hashes: [{ alg: 'SHA-256', content: hex(digests.model) }],
    ...(spec.image.licenses === '' ? {} : { licenses: ownLicenses(spec.image.licenses) }),
    modelCard: { modelParameters: { inputs: format(signature.inputs), outputs: format(signature.outputs) } },
    properties: Object.entries(digests).map(([kind, digest]) => ({ name: `mlserve:digest:${kind}`, value: digest })),
    components: files.map((file) => ({
      type: 'file',
      name: file.path,
      hashes: [{ alg: 'SHA-256', content: hex(file.digest) }],
    })),
  };
}

function baseComponent({ name, digest }: BaseImage): Component {
  return {
    type: 'container',
    'bom-ref': 'base',
    name,
    ...(digest === undefined ? {} : { hashes: [{ alg: 'SHA-256', content: digest.replace('sha256:', '') }] }),
  };
}

/** Version 8 of RFC 9562: bits of our own choice. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}
