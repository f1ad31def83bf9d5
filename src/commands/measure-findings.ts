/** What came of measuring a model → the error that says why there is no measurement, or findings about one. */
import type { MeasureResult } from '../engine/measured.ts';
import { MlserveError } from '../errors.ts';
import type { Issue } from '../issue.ts';
import { BUSY_SHARE, type Measurement } from '../lock/measurement.ts';
import { plural } from '../plural.ts';

const WORDS = {
  'load-failed': 'does not load',
  'run-failed': 'stopped running',
  timeout: 'takes longer than it may',
  memory: 'takes more memory than it may',
  crashed: 'ended the process that measured it',
} as const;

/** MODEL_INVALID. `where` is the file of the model. */
export function measureFailure(
  where: string,
  name: string,
  { status, message }: Exclude<MeasureResult, { status: 'ok' }>,
): MlserveError {
  return new MlserveError('MODEL_INVALID', `model "${name}" ${WORDS[status]}: ${message}`, {
    where,
    hint: 'run "mlserve validate" for what is known about it; limits.loadTimeoutMs and limits.loadMemoryBytes give it more',
  });
}

/** `refusal`: the runtime's words where no input was found that the model takes. */
export function measureIssues(
  where: string,
  { machine, engine, settings, waitedShare }: Measurement,
  refusal: string | undefined,
): readonly Issue[] {
  const threads = engine.mode === 'inline' ? engine.threads : settings.instances * engine.threads;
  const issue = (rule: string, message: string, hint: string): Issue => ({
    ...{ rule: `measure.${rule}`, severity: 'warning', where, message, hint },
  });
  return [
    ...(refusal === undefined
      ? []
      : [
          issue(
            'inputs',
            `only the load was measured: the model takes none of the inputs that could be made up (${refusal})`,
            'write a golden example: its rows are what is measured',
          ),
        ]),
    ...(waitedShare <= BUSY_SHARE
      ? []
      : [
          issue(
            'busy',
            `the machine was busy: for ${Math.round(waitedShare * 100)} % of the time it waited for a processor, so times are too long and throughput is too low`,
            'measure again when nothing else runs',
          ),
        ]),
    ...(threads <= machine.cpus
      ? []
      : [
          issue(
            'cpus',
            `it runs in ${plural(threads, 'thread')}, and this machine has ${plural(machine.cpus, 'CPU')}: a pod does more than was measured`,
            'measure on a machine with as many CPUs as a pod has',
          ),
        ]),
  ];
}
