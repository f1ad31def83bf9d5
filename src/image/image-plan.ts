/** Everything known about a service and a base → the plan of its image: layers, Dockerfile, and the members of the build context. */
import type { Lock } from '../lock/lock.ts';
import type { Digest } from '../model/fingerprint.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { BaseImage } from './base.ts';
import { type ContextFile, type ContextMember, contextMembers } from './context.ts';
import { CACHE_FOLDER, renderDockerfile } from './dockerfile.ts';
import { imageLabels, modelEnvironment, type Revision } from './labels.ts';
import { APP_FOLDER, type Layer, planLayers, SERVICE_FOLDER } from './layers.ts';
import type { Platform } from './platform.ts';
import { type BundledPackage, renderSbom } from './sbom.ts';

export interface PlanFacts {
  readonly spec: ServiceSpec;
  readonly lock: Lock;
  readonly lockDigest: Digest;
  /** Of the OpenAPI document of the service. */
  readonly openapi: Digest;
  readonly mlserveVersion: string;
  readonly base: BaseImage;
  /** Of the stage that runs something; the base itself where the builder is of the platform. */
  readonly buildBase: BaseImage;
  readonly platform: Platform;
  /** Undefined when the builder is of that platform. */
  readonly buildPlatform: Platform | undefined;
  readonly revision: Revision | undefined;
  readonly createdAt: number | undefined;
  readonly packages: readonly BundledPackage[];
  readonly parts: ServiceParts;
}

/** Files by their path in the image, without the leading slash. */
export interface ServiceParts {
  readonly runtime: readonly ContextFile[];
  readonly runtimeDigests: readonly { readonly path: string; readonly sha256: string }[];
  readonly server: readonly ContextFile[];
  readonly models: readonly {
    readonly name: string;
    readonly version: string;
    readonly files: readonly ContextFile[];
  }[];
  /** `mlserve.yaml` and `mlserve.lock` as they are in the image. */
  readonly config: string;
  readonly lock: string;
}

export interface ImagePlan {
  readonly platform: Platform;
  /** Of a context with a folder for each layer. */
  readonly dockerfile: string;
  /** Of one with an archive for each. */
  readonly archivesDockerfile: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly layers: readonly Layer[];
  /** The compiled code is a layer too. */
  readonly hasCache: boolean;
  readonly sbom: string;
  /** Sorted. */
  readonly members: readonly ContextMember[];
}

export const SBOM_FILE = `${APP_FOLDER}/sbom.cdx.json`;

export function planImage(facts: PlanFacts): ImagePlan {
  const { spec, lock, platform, buildPlatform, parts } = facts;
  const sbom = renderSbom({ ...facts, runtimeFiles: parts.runtimeDigests });
  const layers = planLayers({
    runtime: parts.runtime,
    server: parts.server,
    models: parts.models,
    service: [
      { path: SBOM_FILE, content: { text: sbom } },
      { path: `${SERVICE_FOLDER}/mlserve.lock`, content: { text: parts.lock } },
      { path: `${SERVICE_FOLDER}/mlserve.yaml`, content: { text: parts.config } },
    ],
  });
  const labels = imageLabels(facts);
  const hasCache = buildPlatform === undefined;
  const written = {
    title: `${spec.name} ${spec.version}`,
    mlserveVersion: facts.mlserveVersion,
    base: facts.base,
    buildBase: facts.buildBase,
    platform,
    buildPlatform,
    layers,
    env: {
      NODE_ENV: 'production',
      ORT_DISABLE_TELEMETRY: '1',
      ...(hasCache ? { NODE_COMPILE_CACHE: CACHE_FOLDER } : {}),
      MLSERVE_SERVER_HOST: '0.0.0.0',
      ...modelEnvironment(spec, lock),
    },
    ports: portsOf(spec),
    labels,
  };
  const dockerfile = renderDockerfile(written, 'folders');
  const archivesDockerfile = renderDockerfile(written, 'archives');
  const files = layers.flatMap(({ name, files: own }) =>
    own.map((file) => ({ ...file, path: `layers/${name}/${file.path}` })),
  );
  const members = contextMembers([{ path: 'Dockerfile', content: { text: dockerfile } }, ...files]);
  return { platform, dockerfile, archivesDockerfile, labels, layers, hasCache, sbom, members };
}

function portsOf({ server: { port, grpcPort, metricsPort } }: ServiceSpec): readonly number[] {
  const ports = [port, grpcPort, metricsPort].filter((one): one is number => typeof one === 'number' && one > 0);
  return [...new Set(ports)].sort((a, b) => a - b);
}
