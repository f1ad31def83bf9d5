/** The layers of an image, each in a folder of its own → one line a model, when all of them are what the lock says; LOCK_MISMATCH else. */
import { MlserveError } from '../errors.ts';
import type { Inside, Io, Runtime } from '../ports.ts';
import { openProject } from './project.ts';
import { loadServedModels } from './served-models.ts';

/**
 * `platform` is what the image is for: a builder of another kind compares the version of its runtime and leaves it alone. `builder` is what
 * the Dockerfile was written for: a base for another one would end up under a runtime that it cannot load.
 */
export async function verifyLayers(
  folder: string,
  { platform, builder }: { readonly platform: string; readonly builder: string },
  io: Io,
  inside: Inside,
): Promise<readonly string[]> {
  if (builder !== inside.platform) {
    throw new MlserveError('RUNTIME_UNSUPPORTED', `this context is for a build on ${builder}, not ${inside.platform}`, {
      where: folder,
      hint: `give "docker build" --platform ${builder}, or write the context anew on this machine: mlserve build image --eject`,
    });
  }
  const project = await openProject(await inside.join(folder), {}, io);
  const isForeign = platform !== inside.platform;
  const { models } = await loadServedModels(project, isForeign ? { ...io, runtime: () => absent(inside) } : io, {
    frozen: true,
  });
  return models.map(({ spec: { name, version }, fingerprint }) => `${name} ${version} ${fingerprint.model}: as locked`);
}

async function absent(inside: Inside): Promise<Runtime> {
  const refuse = (): Promise<never> =>
    Promise.reject(new Error('the runtime of the image does not run on this machine'));
  return { version: await inside.runtimeVersion(), loadInline: refuse, loadInWorker: refuse };
}
