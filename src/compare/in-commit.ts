/** What went wrong with the files of a commit → the same error, with places that people can find: in the commit, not in the temp folder that is gone. */
import { sep } from 'node:path';
import { MlserveError } from '../errors.ts';

export interface CommitPlace {
  /** The commit as it was named. */
  readonly revision: string;
  /** Of the copies. */
  readonly folder: string;
  /** Of the project or model file in the repository, which findings count from. */
  readonly path: string;
}

/** Anything but an `MlserveError` stays as it is. */
export function inCommit(error: unknown, place: CommitPlace): unknown {
  if (!(error instanceof MlserveError)) return error;
  const { code, message, where, hint, issues, cause } = error;
  return new MlserveError(code, withoutFolder(message, place), {
    where: placed(where ?? '', place),
    ...(hint === undefined ? {} : { hint }),
    issues: issues.map((issue) => ({ ...issue, where: placed(issue.where, place) })),
    cause,
  });
}

/** `HEAD~1:services/fraud/mlserve.yaml:3`. */
function placed(where: string, place: CommitPlace): string {
  const { revision, path } = place;
  const shown = withoutFolder(where, place);
  if (shown !== where || where.startsWith(`${revision}:`)) return shown;
  // A model file is itself where its findings are.
  const isWhole = where === '' || where === path || where.startsWith(`${path}/`) || path === '';
  return `${revision}:${isWhole ? where || path : `${path}/${where}`}`;
}

function withoutFolder(text: string, { revision, folder }: CommitPlace): string {
  return text.replaceAll(`${folder}${sep}`, `${revision}:`).replaceAll(folder, revision);
}
