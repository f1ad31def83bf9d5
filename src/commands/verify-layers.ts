/** The layers of an image, each in a folder of its own → one line a model, when all of them are what the lock says; LOCK_MISMATCH else. */
import type { Inside, Io, Runtime } from '../ports.ts';
import { openProject } from './project.ts';
import { loadServedModels } from './served-models.ts';

/** `platform` is what the image is for: a builder of another kind compares the version of its runtime and leaves it alone. */
export async function verifyLayers(
  folder: string,
  platform: string,
  io: Io,
  inside: Inside,
): Promise<readonly string[]> {
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
