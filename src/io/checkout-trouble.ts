/** A folder → why git may not know a commit there that exists, and what to do; undefined where nothing stands in the way. */
import { execFile } from 'node:child_process';

export function checkoutTrouble(cwd: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, LC_ALL: 'C' }, windowsHide: true, encoding: 'utf8' } as const;
    execFile('git', ['rev-parse', '--is-shallow-repository'], options, (error, stdout, stderr) => {
      if (error === null) {
        const isShallow = stdout.trim() === 'true';
        return resolve(
          isShallow
            ? 'this clone is shallow: if it is a commit, get it with "git fetch --unshallow" (in GitHub Actions: `fetch-depth: 0` for actions/checkout)'
            : undefined,
        );
      }
      if (error.code === 'ENOENT') return resolve('there is no git on the PATH: install it, if this is a commit');
      if (!stderr.includes('dubious ownership')) return resolve(undefined);
      resolve(
        'git refuses to read a repository of another user: if this is a commit, run "git config --global --add safe.directory" with the folder of the repository',
      );
    });
  });
}
