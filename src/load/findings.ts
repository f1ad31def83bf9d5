/** The figures of rates → findings about what they cannot tell: nothing answered (an error), a sender that was too slow, requests that were not sent or failed. Pure. */
import type { Issue } from '../issue.ts';
import type { RateResult } from './rate-result.ts';

/** Of the p99 of a rate: what the sender may have added to it. */
const LATE_SHARE = 0.1;
/** Less than that is the clock of any machine. */
const LATE_MS = 1;

export function findingsOf(rates: readonly RateResult[], target: string): readonly Issue[] {
  const warning = (rule: string, message: string, hint: string): Issue => ({
    ...{ rule, severity: 'warning', where: target },
    ...{ message, hint },
  });
  const named = (some: readonly RateResult[]): string => `at ${some.map(({ rate }) => rate).join(', ')} requests/s`;
  const late = rates.filter(({ lateP99Ms, p99Ms }) => lateP99Ms > Math.max(LATE_MS, LATE_SHARE * (p99Ms ?? 0)));
  const unsent = rates.filter(({ offered, sent }) => sent < offered);
  const failed = rates.filter((each) => each.failed > 0);
  const isSilent = rates.length > 0 && rates.every(({ answered }) => answered === 0);
  return [
    // Figures of nothing must not pass for a service that bears the load.
    ...(isSilent ? [nothingAnswered(rates, target)] : []),
    ...(late.length === 0
      ? []
      : [
          warning(
            'bench.generator',
            `${named(late)} requests were sent late (p99 up to ${Math.max(...late.map((each) => each.lateP99Ms))} ms), and latencies hold that time`,
            'send from another machine with --url, or believe only what the lower rates tell',
          ),
        ]),
    ...(unsent.length === 0
      ? []
      : [
          warning(
            'bench.in-flight',
            `${named(unsent)} requests were not sent, because as many as may be were under way`,
            'these rates are far beyond what the service can do: give lower --rates',
          ),
        ]),
    ...(failed.length === 0
      ? []
      : [
          warning(
            'bench.failed',
            `${named(failed)} requests failed: another status than 200 and 503, no connection, or one that broke`,
            'read the log of the service',
          ),
        ]),
  ];
}

function nothingAnswered(rates: readonly RateResult[], target: string): Issue {
  const isSent = rates.some(({ sent }) => sent > 0);
  return {
    ...{ rule: 'bench.nothing-answered', severity: 'error', where: target },
    message: isSent ? 'no request was answered with status 200' : 'no request was due in the measured time',
    hint: isSent ? 'read the log of the service' : 'give higher --rates, or a longer --duration',
  };
}
