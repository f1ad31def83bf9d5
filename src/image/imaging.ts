/** The ports that images are made through: a container engine, registries, version control and our own files. Types only. */
import type { BuildEvent } from './build-progress.ts';
import type { Revision } from './labels.ts';
import type { LayerArchives } from './layer-archives.ts';
import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';
import type { BundledPackage } from './sbom.ts';
import type { HistoryStep } from './size-report.ts';

/** An image that a container engine holds. */
export interface EngineImage {
  readonly id: string;
  /** `name@sha256:…` for each registry it came from or went to. */
  readonly digests: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Unpacked. */
  readonly bytes: number;
  /** `linux/amd64`. */
  readonly platform: string;
}

/** Work on a transfer: bytes done and known so far, and the signal that ends it. */
export interface Transfer {
  readonly platform?: Platform | undefined;
  onProgress(done: number, total: number): void;
  readonly signal: AbortSignal;
}

/** What an image is built of. An error that it throws ends the build and passes through. */
export interface BuildContext extends LayerArchives {
  /** All of it in one tar archive with a folder for each layer, for engines that ask for nothing. It ends when `valid` resolves. */
  readonly whole: AsyncIterable<Uint8Array>;
  /** Nothing is built before. */
  readonly valid: Promise<void>;
  /** Names what an engine compares it with: what it got under the same key before. */
  readonly key: string;
}

export interface BuildRequest {
  readonly context: BuildContext;
  readonly platform: Platform;
  /** Each FROM of the Dockerfile names its own platform: what runs in the build is not what is built. */
  readonly isForeign: boolean;
  /** Seconds since the epoch, for builders that date images by it. */
  readonly createdAt: number | undefined;
  onEvent(event: BuildEvent): void;
  readonly signal: AbortSignal;
}

export interface RunRequest {
  /** Its id. */
  readonly image: string;
  readonly platform: Platform;
  /** In place of the command of the image. */
  readonly command: readonly string[];
  /** A port of it, to be reached from this machine: then it has a network. */
  readonly publish?: number;
}

/** A program in a container that answers line by line. */
export interface Conversation {
  /** One line in, one line out. Rejects when the program has ended. */
  ask(line: string): Promise<string>;
  /** Ends its input. */
  end(): void;
}

/** A container, run the way a careful operator would: no network unless a port is published, no writable root, no privileges. */
export interface RunningContainer {
  /** Milliseconds since the epoch, by the engine's clock. */
  readonly startedMs: number;
  /** Where the published port is on the machine of the engine, on its loopback address; undefined without one. */
  readonly port: number | undefined;
  /** Starts a second program in it, and talks with it until the signal. */
  converse(words: readonly string[], signal: AbortSignal): Promise<Conversation>;
  /** The last lines that it printed. */
  log(): Promise<string>;
  /** Sends SIGTERM and waits; SIGKILL after `timeoutMs`. The exit code: of one that ended by itself too. */
  stop(timeoutMs: number): Promise<number>;
  /** Also of one that runs. Idempotent. */
  remove(): Promise<void>;
}

/** Docker or Podman, answering. Every call may throw ENGINE_UNREACHABLE. */
export interface ContainerEngine {
  /** For people: `Docker 20.10.24 at /var/run/docker.sock`. */
  readonly name: string;
  /** `linux/amd64`: what it runs without emulation. */
  readonly platform: string;
  readonly builder: 'buildkit' | 'classic';
  /** Version of the API that is spoken with it: `1.47`. */
  readonly api: string;
  /** Undefined when it has no such image. */
  image(name: string): Promise<EngineImage | undefined>;
  /** Newest step first. */
  history(id: string): Promise<readonly HistoryStep[]>;
  /** Throws REGISTRY_REFUSED. */
  pull(reference: Reference, transfer: Transfer): Promise<void>;
  /** The id of the image. Throws BUILD_FAILED with the step that failed and what it printed. */
  build(request: BuildRequest): Promise<string>;
  tag(id: string, reference: Reference & { readonly tag: string }): Promise<void>;
  /** The digest in the registry. Throws REGISTRY_REFUSED. */
  push(reference: Reference & { readonly tag: string }, transfer: Transfer): Promise<string>;
  /** Throws SMOKE_FAILED when it cannot be started. */
  run(request: RunRequest): Promise<RunningContainer>;
}

/** A manifest in a registry. */
export interface RegistryManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly json: unknown;
}

/** Registries over HTTP, without an engine. Throws REGISTRY_REFUSED; undefined for what is not there. */
export interface Registry {
  manifest(reference: Reference): Promise<RegistryManifest | undefined>;
  /** A JSON document of a repository by its digest: the configuration of an image. */
  blob(reference: Reference, digest: string): Promise<unknown>;
  /** Stores a manifest under a tag; its digest. */
  putManifest(
    reference: Reference & { readonly tag: string },
    manifest: { readonly mediaType: string; readonly text: string },
  ): Promise<string>;
}

/** What of our own package goes into images. */
export interface ImageParts {
  /** Folder of what lies at /app. */
  readonly server: string;
  /** Folder of the package onnxruntime-node. */
  readonly runtime: string;
  /** Folder with the licence and the notices of the native runtime. */
  readonly notices: string;
  readonly packages: readonly BundledPackage[];
}

export interface Imaging {
  /** Of an image for the processor of this machine. */
  readonly platform: string;
  /** Finds the engine that the environment names, or one in the usual places. Throws ENGINE_UNREACHABLE. */
  engine(): Promise<ContainerEngine>;
  readonly registry: Registry;
  /** Whether somebody has logged in to a registry. Throws REGISTRY_REFUSED where that cannot be found out. */
  hasCredentials(registry: string): Promise<boolean>;
  /** Of the version control that a folder is under; undefined where there is none. */
  revision(folder: string): Promise<Revision | undefined>;
  parts(): Promise<ImageParts>;
  /** Makes a file or folder readable for everybody and dates it 1970, as a context has them, whatever wrote it. */
  settle(path: string): Promise<void>;
}
