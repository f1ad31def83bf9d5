/** A Deployment that was applied → its pods, when all are ready; or ROLLOUT_FAILED with what keeps them. Says how it gets on. */
import { MlserveError } from '../errors.ts';
import type { LivePod } from '../manifests/live/live-objects.ts';
import { newPods } from '../manifests/rollout/new-pods.ts';
import type { ObservedRollout } from '../manifests/rollout/observed.ts';
import type { Progress } from '../manifests/rollout/progress.ts';
import { judgeRollout, pastOf, type Verdict } from '../manifests/rollout/verdict.ts';
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';
import { observeRollout, type RolloutSubject } from './observe-rollout.ts';
import { tellRollout } from './tell-rollout.ts';

export interface RolloutResult {
  readonly pods: readonly LivePod[];
  readonly seconds: number;
}

/** `limit`: the seconds that so many pods may take. */
export async function awaitRollout(
  subject: RolloutSubject,
  limit: (pods: number) => number,
  io: Pick<Io, 'clock' | 'terminal'>,
  signal: AbortSignal,
): Promise<RolloutResult> {
  const { name } = subject;
  const started = io.clock.monotonic();
  const seconds = (): number => (io.clock.monotonic() - started) / 1000;
  const stop = new AbortController();
  const teller = tellRollout(`Deployment/${name}`, io.terminal);
  let latest: Verdict | undefined;
  let known: ReadonlySet<string> | undefined;
  try {
    return await new Promise<RolloutResult>((resolve, reject) => {
      const judge = (rollout: ObservedRollout): void => {
        known ??= pastOf(rollout);
        latest = judgeRollout(rollout, known);
        teller.tell(latest, seconds());
        if (latest.state === 'done') resolve({ pods: newPods(rollout), seconds: Math.round(seconds()) });
        if (latest.state === 'failed') reject(rolloutFailed(`Deployment/${name} does not get ready`, latest));
      };
      const end = onTick(() => {
        if (latest !== undefined) teller.tell(latest, seconds());
        const most = limit(latest?.progress.wanted ?? 1);
        if (seconds() < most) return;
        reject(rolloutFailed(`Deployment/${name} is not ready after ${most} s`, latest));
      });
      stop.signal.addEventListener('abort', end);
      signal.addEventListener('abort', () => reject(new MlserveError('INTERRUPTED', 'stopped')), { once: true });
      observeRollout(subject, judge, stop.signal).catch(reject);
    });
  } finally {
    stop.abort();
    teller.end();
  }
}

const TICK_MS = 500;

function onTick(work: () => void): () => void {
  const timer = setInterval(work, TICK_MS);
  return () => clearInterval(timer);
}

function rolloutFailed(message: string, verdict: Verdict | undefined): MlserveError {
  const { progress, causes = [] } = verdict ?? {};
  const issues = causes.map(({ isFinal: _, evidence: __, ...cause }) => ({ ...cause, severity: 'error' as const }));
  return new MlserveError('ROLLOUT_FAILED', `${message}: ${progress?.words ?? 'the cluster does not show it'}`, {
    issues,
    hint: `what was applied stays, and ${whatAnswers(progress)}; correct it and run the same command again`,
  });
}

function whatAnswers(progress: Progress | undefined): string {
  const { old = 0, ready = 0 } = progress ?? {};
  if (old > 0) return `${plural(old, 'old pod goes', 'old pods go')} on answering`;
  return ready > 0 ? 'the pods that are ready answer' : 'no pod answers';
}
