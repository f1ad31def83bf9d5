/** What was seen of a project → a check each: configuration, models, lock, ports, base image, registry, schema, .gitignore, leftovers. Pure. */
import { hasErrors } from '../issue.ts';
import { type Check, failed, ok, warning } from './check.ts';
import { unignored } from './repairs.ts';
import type { ProjectSnapshot, SettingsSnapshot } from './snapshot.ts';

const FIX = 'mlserve doctor --fix';

export function checkProject(project: ProjectSnapshot | undefined): readonly Check[] {
  if (project === undefined) {
    return [ok('project', 'no mlserve.yaml in this folder, so the machine alone was looked at')];
  }
  const { settings } = project;
  return [
    checkConfig(project),
    ...(settings === undefined ? [] : checkModels(settings)),
    checkLock(project),
    ...(settings === undefined ? [] : [...checkPorts(settings), checkBase(settings), ...checkRegistry(settings)]),
    ...checkFiles(project),
  ];
}

function checkConfig({ issues }: ProjectSnapshot): Check {
  if (hasErrors(issues)) return failed('config', 'mlserve.yaml or the environment is not valid', 'mlserve validate');
  const [first] = issues;
  if (first === undefined) return ok('config', 'mlserve.yaml is valid');
  return warning('config', `${first.where}: ${first.message}`, first.hint);
}

function checkModels({ models }: SettingsSnapshot): readonly Check[] {
  if (models.length === 0) return [ok('models', 'the model files are there')];
  return models.map(({ message, hint }) => failed('models', message, hint));
}

function checkLock({ lock }: ProjectSnapshot): Check {
  if ('problem' in lock) return failed('lock', lock.problem.message, lock.problem.hint);
  if (lock.found === 'absent')
    return warning('lock', 'there is no mlserve.lock: nothing says what ships', 'mlserve lock');
  return ok('lock', 'mlserve.lock can be read; "mlserve validate" compares it with the files');
}

function checkPorts({ ports }: SettingsSnapshot): readonly Check[] {
  return ports.map(({ port, problem }) =>
    problem === undefined ? ok('port', `port ${port} is free`) : warning('port', problem.message, problem.hint),
  );
}

function checkBase({ base: { name, isThere } }: SettingsSnapshot): Check {
  if (isThere === undefined) return ok('base', `images start from ${name}`);
  if (isThere) return ok('base', `images start from ${name}, which the engine has`);
  return warning('base', `the engine does not have ${name}: the first build needs the network`, `docker pull ${name}`);
}

function checkRegistry({ registry }: SettingsSnapshot): readonly Check[] {
  if (registry === undefined) return [];
  const { name, isKnown } = registry;
  if ('problem' in isKnown) return [failed('registry', isKnown.problem.message, isKnown.problem.hint)];
  if (isKnown.found) return [ok('registry', `there are credentials for ${name}`)];
  return [warning('registry', `there are no credentials for ${name}: a push may be refused`, `docker login ${name}`)];
}

function checkFiles(project: ProjectSnapshot): readonly Check[] {
  const { schema, gitignore, leftovers } = project;
  const lines = unignored(gitignore);
  return [
    ...(schema === 'unused' || schema === 'same'
      ? []
      : [
          warning(
            'schema',
            schema === 'absent'
              ? 'mlserve.yaml names .mlserve/schema.json, which is not there'
              : '.mlserve/schema.json is of another version of mlserve',
            FIX,
          ),
        ]),
    ...(lines.length === 0 ? [] : [warning('gitignore', `.gitignore lacks ${lines.join(' and ')}`, FIX)]),
    ...(leftovers.length === 0
      ? []
      : [warning('leftovers', `left by commands that were killed: ${leftovers.join(', ')}`, FIX)]),
  ];
}
