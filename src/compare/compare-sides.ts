/** Two sides → which model is which, the changes of each and of the service, and whether the versions took the step that they demand. */
import type { Issue } from '../issue.ts';
import { pairModels } from '../lock/pair-models.ts';
import { quote } from '../model/rules/quote.ts';
import { type Change, type ChangeKind, changesOf, largestStep, type Step } from './change.ts';
import { checkVersion, type VersionCheck } from './check-version.ts';
import { compareModel, type ModelDifference } from './compare-model.ts';
import type { ComparedModel, Side } from './side.ts';

export type NamedDigests = Pick<ComparedModel, 'name' | 'version' | 'digests'>;

export interface PairDifference extends ModelDifference {
  readonly was: NamedDigests;
  readonly is: NamedDigests;
  /** Of a model with a version of its own; null where it goes by that of the service. */
  readonly version: VersionCheck | null;
}

export interface SideDifference {
  readonly kind: ChangeKind;
  readonly step: Step;
  readonly models: readonly PairDifference[];
  /** Of the service: models that came and went. */
  readonly changes: readonly Change[];
  /** Of the service; null where one side has no version. */
  readonly version: VersionCheck | null;
  readonly issues: readonly Issue[];
}

/** A bare file has one model, whatever it is called, and is compared with the first of the other side. */
export function compareSides(was: Side, is: Side): SideDifference {
  const isOne = was.service === null || is.service === null;
  const [first, second] = [was.models[0], is.models[0]];
  const paired =
    isOne && first !== undefined && second !== undefined
      ? { pairs: [[first, second] as const], extra: [], missing: [] }
      : pairModels(was.models, is.models);
  const models = paired.pairs.map(([old, now]) => comparePair(was, is, old, now));
  const changes = isOne ? [] : [...comeAndGone(paired.extra, paired.missing), ...defaultModel(was, is)];
  const step = largestStep([...models, ...changes].map((each) => each.step));
  const version = versionOf(was.service?.version ?? null, is.service?.version ?? null, step);
  const difference = { kind: kindOf(models, step), step, models, changes, version };
  return { ...difference, issues: [...versionIssues(difference), ...silence(was, is)] };
}

function comparePair(was: Side, is: Side, old: ComparedModel, now: ComparedModel): PairDifference {
  const difference = compareModel(old, now);
  const follows = old.version === was.service?.version && now.version === is.service?.version;
  return {
    was: named(old),
    is: named(now),
    ...difference,
    version: follows ? null : versionOf(old.version, now.version, difference.step),
  };
}

function named({ name, version, digests }: ComparedModel): NamedDigests {
  return { name, version, digests };
}

function versionOf(was: string | null, is: string | null, step: Step): VersionCheck | null {
  return was === null || is === null ? null : (checkVersion(was, is, step) ?? null);
}

function comeAndGone(gone: readonly ComparedModel[], come: readonly ComparedModel[]): readonly Change[] {
  const place = ({ name, version }: ComparedModel): string => `model ${quote(name)} ${version ?? ''}`.trimEnd();
  return [
    ...gone.map((model) => changesOf('model', place(model))('removed', 'major', 'is no longer served')),
    ...come.map((model) => changesOf('model', place(model))('added', 'minor', 'is new')),
  ];
}

/** Of names alone: another version of the same model has changes of its own. */
function defaultModel(was: Side, is: Side): readonly Change[] {
  const [old, now] = [was.models[0]?.name, is.models[0]?.name];
  if (old === undefined || now === undefined || old === now) return [];
  const message = `a request without a name meant ${quote(old)}, and means ${quote(now)}`;
  return [changesOf('service', 'first model')('default-model', 'major', message)];
}

const BY_STEP: Readonly<Record<Step, ChangeKind>> = {
  major: 'breaking',
  minor: 'compatible',
  patch: 'metadata',
  none: 'identical',
};
const BY_SIZE: readonly ChangeKind[] = ['graph', 'weights', 'metadata'];

function kindOf(models: readonly ModelDifference[], step: Step): ChangeKind {
  if (step !== 'patch') return BY_STEP[step];
  return BY_SIZE.find((kind) => models.some((model) => model.kind === kind)) ?? BY_STEP[step];
}

function versionIssues({ models, version }: Pick<SideDifference, 'models' | 'version'>): readonly Issue[] {
  const small = (what: string, check: VersionCheck | null): readonly Issue[] => {
    if (check === null || check.isEnough) return [];
    const { was, is, taken, demanded, atLeast } = check;
    const step = taken === 'none' ? 'no step' : taken === 'back' ? 'a step back' : `a ${taken} step`;
    const message = `from ${was} to ${is} is ${step}, and the changes of ${what} demand a ${demanded} step`;
    const hint = `set the version of ${what} to ${atLeast} or a later one`;
    return [{ rule: 'diff.version', severity: 'error', where: 'mlserve.yaml', message, hint }];
  };
  return [
    ...small('the service', version),
    ...models.flatMap((model) => small(`the model ${quote(model.is.name)}`, model.version)),
  ];
}

/** What could not be compared because one side says nothing of it. */
function silence(was: Side, is: Side): readonly Issue[] {
  const speaks = ({ models }: Side): boolean => models.some(({ declared }) => declared !== undefined);
  if (speaks(was) === speaks(is)) return [];
  const silent = speaks(was) ? is : was;
  const message = `features and declared outputs were not compared: ${silent.kind === 'image' ? 'the labels of an image say' : 'a model file says'} nothing of them`;
  return [{ rule: 'diff.one-sided', severity: 'info', where: silent.given, message }];
}
