/** What a pod says that it serves × the lock → what of it is not what was built. */
import type { Issue } from '../../issue.ts';
import type { PairedModel } from '../deployment-facts.ts';
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

/** One for each model that a pod does not serve as it is locked. */
export function compareDigests(
  answers: readonly PodAnswer[],
  locked: readonly Pick<PairedModel, 'locked'>[],
): readonly Issue[] {
  return answers.flatMap(({ pod, models, reason }) => {
    const where = `Pod/${pod}`;
    if (models === undefined) return [issue(where, `it does not say what it serves: ${reason ?? 'no answer'}`)];
    return locked.flatMap(({ locked: { name, version, digests } }) => {
      const served = models.find((each) => each.name === name && each.version === version);
      const built = shortDigest(digests.model);
      if (served === undefined)
        return [issue(where, `it does not serve ${name} ${version}, which is locked as ${built}`)];
      if (served.digest === digests.model) return [];
      return [issue(where, `${name} ${version} is ${shortDigest(served.digest)} there and ${built} in mlserve.lock`)];
    });
  });
}

function issue(where: string, message: string): Issue {
  return { rule: RULE, severity: 'error', where, message };
}
