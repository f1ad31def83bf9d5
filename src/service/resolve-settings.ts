/**
 * Service as written × environment × flags → the values of all settings, each with its origin: flag > MLSERVE_… > variable of the platform > file >
 * default. A model's own value stands for the file's.
 */
import type { Issue } from '../issue.ts';
import { ACCESS_VARIABLES, accessConflicts, OUTPUT_VARIABLE } from './access-rules.ts';
import { closestName } from './closest-name.ts';
import { formatPath } from './config-path.ts';
import type { Origin } from './origins.ts';
import { environmentName, expectedSetting, readSetting, type Setting } from './settings.ts';
import { PORT_VARIABLES, SETTINGS } from './settings-table.ts';
import type { WrittenSection, WrittenService } from './written.ts';

/** Settings by path (`server.port`) as flags give them; undefined: the flag was not given. */
export type SettingFlags = Readonly<Record<string, string | number | undefined>>;

export interface ResolveInput {
  /** Free of errors; what is absent is filled in. */
  readonly written: WrittenService;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: SettingFlags;
}

export type Values = ReadonlyMap<string, string | number>;

export interface ResolvedSettings {
  /** By path: `server.port`. */
  readonly values: Values;
  /** For each model in turn, the values by path that it has; the service's where it has none of its own. */
  readonly ofModels: readonly Values[];
  /** By path of the value: `server.port`, and `models[0].batching.maxRows` where the model has its own. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly issues: readonly Issue[];
}

const EVERY_NETWORK = '0.0.0.0';

export function resolveSettings(input: ResolveInput): ResolvedSettings {
  const { written, env, flags } = input;
  const issues: Issue[] = [];
  const origins = new Map<string, Origin>();
  const values = new Map<string, string | number>();
  for (const setting of SETTINGS) {
    const { path, platform } = setting;
    const [origin, value] = choose(
      setting,
      [
        ['flag', `flag for ${path}`, flags[path]],
        ['environment', environmentName(path), fromEnvironment(environmentName(path), env, issues)],
        ...platform.map((name): Candidate => [`environment (${name})`, name, fromEnvironment(name, env, issues)]),
        ['file', path, writtenAt(written, path)],
      ],
      issues,
    );
    origins.set(path, origin);
    values.set(path, value);
  }
  const platformPort = PORT_VARIABLES.find((name) => fromEnvironment(name, env, []) !== undefined);
  if (platformPort !== undefined && origins.get('server.host') === 'default') {
    // A platform's requests come from outside of the container.
    origins.set('server.host', `environment (${platformPort})`);
    values.set('server.host', EVERY_NETWORK);
  }
  if (values.get('tls.mode') === 'off') {
    for (const path of ['tls.cert', 'tls.key', 'tls.clientCa']) {
      values.set(path, '');
      origins.set(path, origins.get('tls.mode') ?? 'default');
    }
  }
  const ofModels = (written.models ?? []).map((model, at) => {
    const own = new Map(values);
    for (const setting of SETTINGS.filter(({ perModel }) => perModel)) {
      const { path } = setting;
      const given = writtenAt(model, path);
      // Who sets a flag or a variable means the service as it starts, with all its models.
      if (given === undefined || origins.get(path) === 'flag' || origins.get(path) === 'environment') continue;
      const where = formatPath(['models', at, ...path.split('.')]);
      const [origin, value] = choose(setting, [['file', where, given]], issues);
      origins.set(where, origin);
      own.set(path, value);
    }
    issues.push(...settingConflicts(own, origins, at));
    return own;
  });
  return {
    values,
    ofModels,
    origins,
    issues: [
      ...issues,
      ...unknownVariables(env),
      ...settingConflicts(values, origins),
      ...accessConflicts(values, env),
    ],
  };
}

function writtenAt(holder: object, path: string): string | number | undefined {
  const [section = '', key = ''] = path.split('.');
  return (holder as Readonly<Record<string, WrittenSection | undefined>>)[section]?.[key];
}

type Candidate = readonly [origin: Origin, where: string, given: string | number | undefined];

/** The first candidate that was given and fits; those that do not fit are reported. */
function choose(
  setting: Setting,
  candidates: readonly Candidate[],
  issues: Issue[],
): readonly [Origin, string | number] {
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
  const known: readonly string[] = [
    ...SETTINGS.map(({ path }) => environmentName(path)),
    ...ACCESS_VARIABLES,
    OUTPUT_VARIABLE,
  ];
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

/** A request that could never enter a queue. For the service, or for a model that has values of its own. */
function settingConflicts(values: Values, origins: ReadonlyMap<string, Origin>, model?: number): readonly Issue[] {
  const pairs = [
    ['rows', 'limits.rowsPerRequest', 'limits.queueRows'],
    ['bytes', 'limits.bodyBytes', 'limits.queueBytes'],
  ] as const;
  const nameIn = (path: string): string =>
    model === undefined ? path : formatPath(['models', model, ...path.split('.')]);
  return pairs.flatMap(([unit, request, queue]) => {
    const [most, room] = [Number(values.get(request)), Number(values.get(queue))];
    const isOwn = origins.has(nameIn(request)) || origins.has(nameIn(queue));
    // 0: the bound is worked out, and a request of any size may wait alone.
    if (most <= room || room === 0 || !isOwn) return [];
    const message = `the queue holds ${room} ${unit}, so a request of ${most} ${unit} (${request}) never fits`;
    const hint = `set ${queue} to at least ${most}, or ${request} to at most ${room}`;
    return [{ rule: 'config.queue-too-small', severity: 'error' as const, where: nameIn(queue), message, hint }];
  });
}
