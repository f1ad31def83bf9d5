/** What a pod says that it serves × what it should → what of it is another. */
import type { Issue } from '../../issue.ts';
import { shortDigest } from '../names.ts';

export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
}

export interface PodAnswer {
  readonly pod: string;
  /** Undefined where it did not say. */
  readonly models: readonly ServedModel[] | undefined;
  /** Why it did not. */
  readonly reason?: string;
}

const RULE = 'deploy.digest';

/** One for each model that a pod does not serve as it should. `source`: what says how it should be. */
export function compareDigests(
  answers: readonly PodAnswer[],
  wanted: readonly ServedModel[],
  source: string,
): readonly Issue[] {
  return answers.flatMap(({ pod, models, reason }) => {
    const where = `Pod/${pod}`;
    if (models === undefined) return [issue(where, `it does not say what it serves: ${reason ?? 'no answer'}`)];
    return wanted.flatMap(({ name, version, digest }) => {
      const served = models.find((each) => each.name === name && each.version === version);
      const built = shortDigest(digest);
      if (served === undefined)
        return [issue(where, `it does not serve ${name} ${version}, which is ${built} in ${source}`)];
      if (served.digest === digest) return [];
      return [issue(where, `${name} ${version} is ${shortDigest(served.digest)} there and ${built} in ${source}`)];
    });
  });
}

function issue(where: string, message: string): Issue {
  return { rule: RULE, severity: 'error', where, message };
}
