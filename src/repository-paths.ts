/** Files as findings name them → their paths from the root of the repository, as the pages of a CI provider show files. */
import { relative, resolve } from 'node:path';
import type { Io } from './ports.ts';

/**
 * Findings name files from the folder of their project, errors from the working folder: it is what is there. The root is the folder that
 * GITHUB_WORKSPACE names, else the working folder.
 */
export async function repositoryPaths(
  names: readonly string[],
  project: string | undefined,
  { cwd, env, files }: Pick<Io, 'cwd' | 'env'> & { readonly files: Pick<Io['files'], 'stat' | 'realPath'> },
): Promise<ReadonlyMap<string, string>> {
  const real = (path: string): Promise<string> => files.realPath(path).catch(() => path);
  const isThere = async (path: string): Promise<boolean> =>
    (await files.stat(path).catch(() => undefined)) !== undefined;
  const root = await real(env.GITHUB_WORKSPACE || cwd);
  const dir = await real(resolve(cwd, project ?? '.'));
  const found = new Map<string, string>();
  for (const name of new Set(names)) {
    const [inProject, inCwd] = [resolve(dir, name), resolve(cwd, name)];
    const path = !(await isThere(inProject)) && (await isThere(inCwd)) ? inCwd : inProject;
    found.set(name, relative(root, path).replaceAll('\\', '/'));
  }
  return found;
}
