/**
 * Service as written × environment × flags → the service spec: complete, frozen, with the origin of every value. Settings follow flag >
 * environment > file > default; the models are the file's alone. All defaults are filled in here, from `SETTINGS` and below.
 */
import type { Issue } from '../issue.ts';
import { closestName } from './closest-name.ts';
import { DEFAULT_MAX_LENGTH } from './compile-column.ts';
import { type Origin, originsOf } from './origins.ts';
import { labelText } from './rules.ts';
import { environmentName, expectedSetting, readSetting, SETTINGS, type Setting } from './settings.ts';
import type { FeatureColumn, FeatureSpec, ModelSpec, OutputSpec, ServiceSpec } from './spec.ts';
import type {
  WrittenColumn,
  WrittenFeatures,
  WrittenModel,
  WrittenOutput,
  WrittenSection,
  WrittenService,
} from './written.ts';

/** Settings by path (`server.port`) as flags give them; undefined: the flag was not given. */
export type SettingFlags = Readonly<Record<string, string | number | undefined>>;

export interface ResolveInput {
  /** Free of errors; what is absent is filled in. */
  readonly written: WrittenService;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: SettingFlags;
}

export interface Resolved {
  readonly spec: ServiceSpec;
  /** By path of the value (`server.port`, `models[0].path`). */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly issues: readonly Issue[];
}

export function resolve({ written, env, flags }: ResolveInput): Resolved {
  const issues: Issue[] = [];
  const origins = new Map<string, Origin>();
  const settings = new Map<string, string | number>();
  for (const setting of SETTINGS) {
    const [origin, value] = resolveSetting(setting, { written, env, flags }, issues);
    origins.set(setting.path, origin);
    settings.set(setting.path, value);
  }
  issues.push(...unknownVariables(env), ...settingConflicts(settings));
  const section = <K extends 'server' | 'engine' | 'batching' | 'limits' | 'drain'>(name: K): ServiceSpec[K] =>
    // The table holds the members of the type: a test compares them.
    Object.fromEntries(
      [...settings]
        .filter(([path]) => path.startsWith(`${name}.`))
        .map(([path, value]) => [path.slice(name.length + 1), value]),
    ) as unknown as ServiceSpec[K];
  const version = written.version ?? '';
  const spec: ServiceSpec = {
    name: written.name ?? '',
    version,
    models: (written.models ?? []).map((model) => resolveModel(model, version)),
    server: section('server'),
    engine: section('engine'),
    batching: section('batching'),
    limits: section('limits'),
    drain: section('drain'),
  };
  return { spec: freeze(spec), origins: originsOf(spec, written, origins), issues };
}

function resolveSetting(
  setting: Setting,
  { written, env, flags }: ResolveInput,
  issues: Issue[],
): readonly [Origin, string | number] {
  const { path } = setting;
  const [section = '', key = ''] = path.split('.');
  const variable = environmentName(path);
  const inFile = (written[section as 'server'] as WrittenSection | undefined)?.[key];
  const candidates: readonly (readonly [Origin, string, string | number | undefined])[] = [
    ['flag', `flag for ${path}`, flags[path]],
    ['environment', variable, fromEnvironment(variable, env, issues)],
    ['file', path, inFile],
  ];
  for (const [origin, where, given] of candidates) {
    if (given === undefined) continue;
    const value = readSetting(setting, given);
    if (value !== undefined) return [origin, value];
    const expected = expectedSetting(setting);
    issues.push({
      rule: 'config.invalid-value',
      severity: 'error',
      where,
      message: `it must be ${expected}, not ${JSON.stringify(given)}`,
      hint: setting.description,
    });
  }
  return ['default', setting.default];
}

/** Kubernetes gives every pod the address of each Service in its namespace: one called "mlserve-server" arrives as `server.port`. */
function fromEnvironment(variable: string, env: ResolveInput['env'], issues: Issue[]): string | undefined {
  const given = env[variable];
  if (given === undefined || given === '') return undefined;
  if (!variable.endsWith('_PORT') || !/^(tcp|udp|sctp):\/\//.test(given)) return given;
  issues.push({
    rule: 'config.kubernetes-variable',
    severity: 'warning',
    where: variable,
    message: 'Kubernetes made this variable for a Service of that name, so it is ignored',
    hint: 'set enableServiceLinks: false in the pod, or give the Service another name',
  });
  return undefined;
}

function unknownVariables(env: ResolveInput['env']): readonly Issue[] {
  const known = SETTINGS.map(({ path }) => environmentName(path));
  return Object.keys(env)
    .filter((name) => name.startsWith('MLSERVE_') && !known.includes(name))
    .map((name) => {
      const meant = closestName(name, known);
      return {
        rule: 'config.unknown-variable',
        severity: 'warning',
        where: name,
        message: 'this environment variable sets nothing',
        hint: meant === undefined ? 'docs/config.md lists the variables' : `did you mean ${meant}?`,
      };
    });
}

/** A request that could never enter a queue. */
function settingConflicts(settings: ReadonlyMap<string, string | number>): readonly Issue[] {
  const pairs = [
    ['rows', 'limits.rowsPerRequest', 'limits.queueRows'],
    ['bytes', 'limits.bodyBytes', 'limits.queueBytes'],
  ] as const;
  return pairs.flatMap(([unit, request, queue]) => {
    const [most, room] = [Number(settings.get(request)), Number(settings.get(queue))];
    if (most <= room) return [];
    const message = `the queue holds ${room} ${unit}, so a request of ${most} ${unit} (${request}) never fits`;
    const hint = `set ${queue} to at least ${most}, or ${request} to at most ${room}`;
    return [{ rule: 'config.queue-too-small', severity: 'error' as const, where: queue, message, hint }];
  });
}

function resolveModel(model: WrittenModel, version: string): ModelSpec {
  return {
    name: model.name ?? '',
    version: model.version ?? version,
    path: tidyPath(model.path ?? ''),
    features: model.features && resolveFeatures(model.features),
    outputs: (model.outputs ?? []).map(resolveOutput),
    examples: [model.examples ?? []].flat().map(tidyPath),
  };
}

/** Without `.` and `..`, which the rules have found to stay inside the project. */
function tidyPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function resolveFeatures({ input, columns = [], onUnknownColumn = 'reject' }: WrittenFeatures): FeatureSpec {
  const widths = new Map<string, number>();
  return {
    columns: columns.map((column) => {
      const to = column.input ?? input ?? column.name ?? '';
      const position = widths.get(to) ?? 0;
      widths.set(to, position + 1);
      return resolveColumn(column, to, position);
    }),
    onUnknownColumn,
  };
}

function resolveColumn(column: WrittenColumn, input: string, position: number): FeatureColumn {
  const { type = 'number', values, onMissing = 'reject' } = column;
  return {
    name: column.name ?? '',
    type,
    input,
    position,
    min: column.min,
    max: column.max,
    unit: column.unit,
    values:
      values === undefined ? undefined : isLabelList(values) ? values.map(labelText) : new Map(Object.entries(values)),
    pattern: column.pattern,
    maxLength: type === 'string' ? (column.maxLength ?? DEFAULT_MAX_LENGTH) : undefined,
    onMissing: typeof onMissing === 'object' ? { impute: onMissing.impute ?? '' } : onMissing,
    onUnknown: column.onUnknown ?? 'reject',
  };
}

function isLabelList(values: NonNullable<WrittenColumn['values']>): values is readonly (string | number | boolean)[] {
  return Array.isArray(values);
}

function resolveOutput({ name = '', from = name, labels, argmax = false }: WrittenOutput): OutputSpec {
  return { name, from, labels: labels?.map(labelText), argmax };
}

/** Freezes an object and all it holds. (A Map keeps its `set`, which its readonly type hides.) */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}
