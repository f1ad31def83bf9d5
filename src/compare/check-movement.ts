/** How predictions moved × how far they may → a finding for every limit that is exceeded. */
import type { Issue } from '../issue.ts';
import { quote } from '../model/rules/quote.ts';
import { plural } from '../plural.ts';
import type { Movement } from './movement.ts';

export interface MovementLimits {
  /** Largest absolute difference of a number. */
  readonly tolerance?: number | undefined;
  /** Share of rows with another label, 0 to 1. */
  readonly maxChangedLabels?: number | undefined;
  readonly minRankCorrelation?: number | undefined;
}

export function checkMovement(movement: Movement, limits: MovementLimits): readonly Issue[] {
  return [
    ...lostRows(movement, limits),
    ...nothingShared(movement, limits),
    ...labels(movement, limits),
    ...numbers(movement, limits),
  ];
}

const isSet = (limits: MovementLimits): boolean => Object.values(limits).some((limit) => limit !== undefined);

/** Where limits are set, a row that the new model does not take is beyond all of them. */
function lostRows({ rows, unanswered }: Movement, limits: MovementLimits): readonly Issue[] {
  if (unanswered.old === 0 && unanswered.new === 0) return [];
  const message = `of ${plural(rows, 'row')} the old model did not take ${unanswered.old}, and the new one did not take ${unanswered.new}`;
  const severity = isSet(limits) && unanswered.new > 0 ? 'error' : 'warning';
  return [
    finding(
      'diff.unanswered',
      severity,
      'rows',
      message,
      'run "mlserve predict" on the rows to see what is wrong with them',
    ),
  ];
}

function nothingShared({ compared, members }: Movement, limits: MovementLimits): readonly Issue[] {
  if (compared === 0 || members.length > 0) return [];
  const message = 'the predictions of the two models have no member of the same name';
  const hint = 'declare "outputs" of the same names in mlserve.yaml of both';
  return [finding('diff.nothing-shared', isSet(limits) ? 'error' : 'warning', 'predictions', message, hint)];
}

function labels({ compared, otherLabels }: Movement, { maxChangedLabels: most }: MovementLimits): readonly Issue[] {
  const share = compared === 0 ? 0 : otherLabels / compared;
  if (most === undefined || share <= most) return [];
  const message = `${otherLabels} of ${plural(compared, 'row')} (${percent(share)}) ${otherLabels === 1 ? 'has' : 'have'} another label, and ${percent(most)} may`;
  return [finding('diff.labels', 'error', 'predictions', message, ACCEPT)];
}

function numbers({ members }: Movement, { tolerance, minRankCorrelation: least }: MovementLimits): readonly Issue[] {
  return members.flatMap((each) => {
    const { member, kind, maxDifference: max, rankCorrelation: rank, incomparable, changed } = each;
    const where = `prediction ${quote(member)}`;
    const isFar = tolerance !== undefined && ((max ?? 0) > tolerance || incomparable > 0);
    // Without a rank there is an order to lose all the same, unless nothing moved.
    const isOther = least !== undefined && kind === 'number' && (rank === null ? changed > 0 : rank < least);
    const beyond =
      incomparable > 0
        ? `${plural(incomparable, 'value is', 'values are')} finite on one side alone`
        : `differs by up to ${max}`;
    const order = rank === null ? 'has no rank correlation' : `has a rank correlation of ${rank.toFixed(4)}`;
    return [
      ...(isFar ? [finding('diff.tolerance', 'error', where, `${beyond}, and ${tolerance} is allowed`, ACCEPT)] : []),
      ...(isOther
        ? [finding('diff.rank', 'error', where, `${order}, and at least ${least} is asked for`, ACCEPT)]
        : []),
    ];
  });
}

const ACCEPT = 'if the model was meant to change this much, raise the limit; otherwise find out why it did';

function finding(rule: string, severity: Issue['severity'], where: string, message: string, hint: string): Issue {
  return { rule, severity, where, message, hint };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
