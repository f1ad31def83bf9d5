/** What an image is made of → its labels: those of OCI that apply, and our own, by which an image says which models it holds. And back. */
import { canonicalJson, type JsonValue } from '../lock/canonical-json.ts';
import type { Lock, LockedModel } from '../lock/lock.ts';
import type { Digest } from '../model/fingerprint.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { BaseImage } from './base.ts';

/** The state of the project folder in version control. */
export interface Revision {
  readonly revision: string;
  /** Where it was cloned from, without credentials; undefined for a repository that nobody shares. */
  readonly source: string | undefined;
  /** Files of the project folder differ from it. */
  readonly isDirty: boolean;
  /** Seconds since the epoch. */
  readonly committedAt: number;
}

export interface LabelFacts {
  readonly spec: ServiceSpec;
  readonly lock: Lock;
  /** Of the canonical text of the project's lock. */
  readonly lockDigest: Digest;
  /** Of the OpenAPI document of the service. */
  readonly openapi: Digest;
  readonly mlserveVersion: string;
  readonly base: BaseImage;
  /** Undefined outside a repository. */
  readonly revision: Revision | undefined;
  /** Seconds since the epoch; undefined when nothing says when. */
  readonly createdAt: number | undefined;
}

const OCI = 'org.opencontainers.image';
export const OWN = 'dev.mlserve';

/** Members without a value are left out. */
export function imageLabels(facts: LabelFacts): Readonly<Record<string, string>> {
  const { spec, lock, lockDigest, openapi, mlserveVersion, base, revision, createdAt } = facts;
  const { description, authors, vendor, licenses, url, documentation } = spec.image;
  const main = mainModel(spec, lock);
  const labels: Record<string, string | undefined> = {
    [`${OCI}.title`]: spec.name,
    [`${OCI}.version`]: spec.version,
    [`${OCI}.description`]:
      description || `${spec.name} ${spec.version}: predictions of ${modelList(lock)}, served by mlserve`,
    [`${OCI}.authors`]: authors,
    [`${OCI}.vendor`]: vendor,
    [`${OCI}.licenses`]: licenses,
    [`${OCI}.url`]: url,
    [`${OCI}.documentation`]: documentation,
    [`${OCI}.revision`]: revision?.revision,
    [`${OCI}.source`]: revision?.source,
    [`${OCI}.created`]:
      createdAt === undefined ? undefined : new Date(createdAt * 1000).toISOString().replace('.000', ''),
    [`${OCI}.base.name`]: base.name,
    [`${OCI}.base.digest`]: base.digest,
    [`${OWN}.version`]: mlserveVersion,
    [`${OWN}.runtime`]: `${lock.runtime.name} ${lock.runtime.version}`,
    [`${OWN}.lock.digest`]: lockDigest,
    [`${OWN}.openapi.digest`]: openapi,
    [`${OWN}.source.dirty`]: revision?.isDirty ? 'true' : undefined,
    [`${OWN}.models`]: canonicalJson(
      lock.models.map(({ name, version, digests }) => ({ name, version, digests: { ...digests } })),
    ),
    ...modelLabels(main),
  };
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
}

/** Of the model that a request without a name means. */
function modelLabels({ name, version, digests, signature }: LockedModel): Readonly<Record<string, string>> {
  const prefix = `${OWN}.model`;
  return {
    [`${prefix}.name`]: name,
    [`${prefix}.version`]: version,
    [`${prefix}.digest`]: digests.model,
    [`${prefix}.graph-digest`]: digests.graph,
    [`${prefix}.weights-digest`]: digests.weights,
    [`${prefix}.signature-digest`]: digests.signature,
    [`${prefix}.signature`]: canonicalJson(signature as unknown as JsonValue),
  };
}

/** The same in the environment of the server, for whoever looks into a running container. */
export function modelEnvironment(spec: ServiceSpec, lock: Lock): Readonly<Record<string, string>> {
  const { name, version, digests } = mainModel(spec, lock);
  return { MODEL_NAME: name, MODEL_VERSION: version, MODEL_DIGEST: digests.model };
}

/** The first model of the spec. The lock was found to hold it. */
function mainModel({ models }: ServiceSpec, lock: Lock): LockedModel {
  const [first] = models;
  const found = lock.models.find(({ name, version }) => name === first?.name && version === first.version);
  if (found === undefined) throw new Error('the lock does not hold the first model');
  return found;
}

function modelList({ models }: Lock): string {
  return models.map(({ name, version }) => `${name} ${version}`).join(', ');
}

/** What `mlserve inspect` tells of an image. */
export interface LabelledImage {
  readonly service: { readonly name: string; readonly version: string };
  readonly mlserve: string;
  readonly runtime: string;
  readonly lock: string;
  /** Digest of the OpenAPI document. */
  readonly openapi: string;
  readonly models: readonly {
    readonly name: string;
    readonly version: string;
    readonly digests: Readonly<Record<string, string>>;
  }[];
  /** What a request without a name means. */
  readonly defaultModel: { readonly name: string; readonly version: string };
  /** Of the default model. */
  readonly signature: JsonValue;
  readonly oci: Readonly<Record<string, string>>;
}

/** Undefined for an image that mlserve did not label, or whose labels do not say what they should. */
export function readLabels(labels: Readonly<Record<string, string>>): LabelledImage | undefined {
  const own = (name: string): string => labels[`${OWN}.${name}`] ?? '';
  const models = parsed(own('models'));
  if (own('version') === '' || !Array.isArray(models) || !models.every(isModel)) return undefined;
  const oci = Object.entries(labels).filter(([name]) => name.startsWith(`${OCI}.`));
  return {
    service: { name: labels[`${OCI}.title`] ?? '', version: labels[`${OCI}.version`] ?? '' },
    mlserve: own('version'),
    runtime: own('runtime'),
    lock: own('lock.digest'),
    openapi: own('openapi.digest'),
    models,
    defaultModel: { name: own('model.name'), version: own('model.version') },
    signature: parsed(own('model.signature')),
    oci: Object.fromEntries(oci.map(([name, value]) => [name.slice(OCI.length + 1), value])),
  };
}

function isModel(value: JsonValue): value is { name: string; version: string; digests: Record<string, string> } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { name, version, digests } = value as Readonly<Record<string, JsonValue>>;
  const isText = (one: unknown): boolean => typeof one === 'string';
  return (
    isText(name) &&
    isText(version) &&
    typeof digests === 'object' &&
    digests !== null &&
    Object.values(digests).every(isText)
  );
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}
