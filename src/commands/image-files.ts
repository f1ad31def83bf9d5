/** Our package, a project and its lock → the files of an image by their path in it, each where its bytes are on this machine. */
import { dirname, join } from 'node:path';
import type { ContextFile } from '../image/context.ts';
import type { ServiceParts } from '../image/image-plan.ts';
import type { ImageParts } from '../image/imaging.ts';
import { APP_FOLDER, modelPath, SERVICE_FOLDER } from '../image/layers.ts';
import { type Platform, runtimeFolder } from '../image/platform.ts';
import { formatLock } from '../lock/lockfile.ts';
import { withoutMeasurements } from '../lock/measurement.ts';
import type { Digest } from '../model/fingerprint.ts';
import type { Io } from '../ports.ts';
import { relocateModels } from '../service/relocate-models.ts';
import type { LockedProject } from './prepared-image.ts';
import { CONFIG_FILE } from './project.ts';

/** What a CPU session opens on Linux, and the JavaScript around it. */
const LIBRARIES = ['onnxruntime_binding.node', 'libonnxruntime.so.1'];
const SCRIPTS = ['backend.js', 'binding.js', 'index.js', 'version.js'];
const NOTICES = ['LICENSE', 'ThirdPartyNotices.txt'];
const RUNTIME = `${APP_FOLDER}/vendor/onnxruntime-node`;

type OwnFile = ContextFile & { readonly content: { readonly digest: Digest } };

export async function imageFiles(
  project: LockedProject,
  platform: Platform,
  own: ImageParts,
  io: Io,
): Promise<ServiceParts> {
  const { lock, spec } = project;
  const place = ({ name, version, path }: { name: string; version: string; path: string }): string =>
    modelPath({ name, version }, path.slice(path.lastIndexOf('/') + 1));
  const libraries = LIBRARIES.map((name) => `bin/napi-v6/${runtimeFolder(platform)}/${name}`);
  const runtime = await Promise.all([
    ...[...libraries, ...SCRIPTS.map((name) => `dist/${name}`), 'package.json'].map((path) =>
      fileOf(`${RUNTIME}/${path}`, join(own.runtime, path), io),
    ),
    ...NOTICES.map((name) => fileOf(`${RUNTIME}/${name}`, join(own.notices, name), io)),
  ]);
  return {
    runtime,
    runtimeDigests: runtime
      .slice(0, libraries.length)
      .map(({ path, content }) => ({ path: `/${path}`, sha256: content.digest.slice('sha256:'.length) })),
    server: await Promise.all(
      (await io.files.glob(own.server, '**/*')).map((path) =>
        fileOf(`${APP_FOLDER}/${path}`, join(own.server, path), io),
      ),
    ),
    models: lock.models.map(({ name, version, path, files }) => ({
      name,
      version,
      files: files.map((file, at) => ({
        // The file of the model keeps its name; data files lie beside it as the model records them.
        path: `${SERVICE_FOLDER}/${at === 0 ? place({ name, version, path }) : modelPath({ name, version }, file.path)}`,
        content: {
          file: join(project.dir, at === 0 ? path : join(dirname(path), file.path)),
          bytes: file.bytes,
          digest: file.digest,
        },
      })),
    })),
    config: relocateModels(await io.files.readText(join(project.dir, CONFIG_FILE)), spec.models.map(place)),
    lock: formatLock({
      ...withoutMeasurements(lock),
      models: lock.models.map((model) => ({ ...model, path: place(model) })),
    }),
  };
}

async function fileOf(path: string, file: string, io: Io): Promise<OwnFile> {
  const stat = await io.files.stat(await io.files.realPath(file));
  return { path, content: { file, bytes: stat?.size ?? 0, digest: `sha256:${await io.files.sha256(file)}` } };
}
