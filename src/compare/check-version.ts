/** The versions of two sides × the step that their changes demand → whether the version took it. */
import { isSmaller, type Step } from './change.ts';
import { customaryStep, nextVersion, stepBetween, type TakenStep } from './version.ts';

export interface VersionCheck {
  readonly was: string;
  readonly is: string;
  readonly taken: TakenStep;
  /** Of the changes, read as is customary before 1.0.0. */
  readonly demanded: Step;
  readonly isEnough: boolean;
  /** The smallest release that is. */
  readonly atLeast: string;
}

/** Undefined where one is no version. */
export function checkVersion(was: string, is: string, step: Step): VersionCheck | undefined {
  const demanded = customaryStep(was, step);
  const [taken, atLeast] = [stepBetween(was, is), nextVersion(was, demanded)];
  if (taken === undefined || atLeast === undefined) return undefined;
  return { was, is, taken, demanded, isEnough: covers(taken, demanded), atLeast };
}

function covers(taken: TakenStep, demanded: Step): boolean {
  if (demanded === 'none' || taken === 'pre-release') return true;
  return taken !== 'back' && !isSmaller(taken, demanded);
}
