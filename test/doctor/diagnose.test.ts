import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { planRepairs } from '../../src/doctor/repairs.ts';
import type { ProjectSnapshot, SettingsSnapshot, Snapshot } from '../../src/doctor/snapshot.ts';

const SETTINGS: SettingsSnapshot = {
  models: [],
  base: { name: 'node:24-bookworm-slim', isThere: true },
  registry: { name: 'registry.example.com', isKnown: { found: true } },
  ports: [{ port: 8080, problem: undefined }],
};
const PROJECT: ProjectSnapshot = {
  issues: [],
  settings: SETTINGS,
  lock: { found: 'there' },
  schema: 'same',
  gitignore: '*.log\n.env\n',
  leftovers: [],
};
const WELL: Snapshot = {
  now: Date.parse('2026-11-30'),
  node: '24.4.1',
  platform: 'linux/x64',
  runtime: { found: '1.30.0' },
  isTelemetryOff: true,
  engine: { found: { name: 'Docker 28.0.0 at /var/run/docker.sock', api: '1.47', builder: 'buildkit' } },
  cluster: { found: { context: 'prod', server: 'https://10.0.0.1:6443', version: { found: 'v1.36.0' } } },
  freeBytes: 50 * 2 ** 30,
  project: PROJECT,
};
const problem = { problem: { message: 'it is not there', hint: 'get it' } };

/** The checks that are not in order, each as `state name`. */
function complaints(seen: Partial<Snapshot>): readonly string[] {
  return diagnose({ ...WELL, ...seen }, '.')
    .checks.filter(({ state }) => state !== 'ok')
    .map(({ state, name }) => `${state} ${name}`);
}
const ofProject = (seen: Partial<ProjectSnapshot>) => complaints({ project: { ...PROJECT, ...seen } });
const ofSettings = (seen: Partial<SettingsSnapshot>) => ofProject({ settings: { ...SETTINGS, ...seen } });

describe('a diagnosis', () => {
  it('has no complaint about a machine and a project that are well, and no finding', () => {
    expect(complaints({})).toEqual([]);
    expect(diagnose(WELL, '.').issues).toEqual([]);
  });

  it('takes for errors what keeps mlserve from all its work', () => {
    expect(complaints({ node: '18.20.0' })).toEqual(['error node']);
    expect(complaints({ runtime: problem })).toEqual(['error runtime']);
    expect(complaints({ isTelemetryOff: false })).toEqual(['error telemetry']);
    expect(complaints({ freeBytes: 2 ** 20 })).toEqual(['error disk']);
    expect(ofSettings({ models: [problem.problem, problem.problem] })).toEqual(['error models', 'error models']);
    expect(ofProject({ lock: problem })).toEqual(['error lock']);
  });

  it('takes for warnings what only some commands need', () => {
    expect(complaints({ engine: problem })).toEqual(['warning engine']);
    expect(complaints({ cluster: problem })).toEqual(['warning kubectl']);
    const silent = { context: 'prod', server: 'https://10.0.0.1:6443', version: problem };
    expect(complaints({ cluster: { found: silent } })).toEqual(['warning kubectl']);
    expect(complaints({ freeBytes: 2 ** 30 })).toEqual(['warning disk']);
    expect(ofSettings({ base: { name: 'node:24', isThere: false } })).toEqual(['warning base']);
    expect(ofSettings({ registry: { name: 'r.example', isKnown: { found: false } } })).toEqual(['warning registry']);
    expect(ofSettings({ ports: [{ port: 8080, problem: { message: 'taken' } }] })).toEqual(['warning port']);
    expect(ofProject({ lock: { found: 'absent' } })).toEqual(['warning lock']);
    expect(ofProject({ schema: 'different', gitignore: '', leftovers: ['.mlserve.lock.1-0123456789ab.tmp'] })).toEqual([
      'warning schema',
      'warning gitignore',
      'warning leftovers',
    ]);
  });

  it('does not ask an engine that is not there for its base image', () => {
    expect(ofSettings({ base: { name: 'node:24', isThere: undefined } })).toEqual([]);
  });

  it('warns of a Node whose support has ended, by the date', () => {
    expect(complaints({ node: '20.20.2' })).toEqual(['warning node']);
    expect(complaints({ node: '20.20.2', now: Date.parse('2026-01-01') })).toEqual([]);
  });

  it('gives every complaint a fix, and every error as a finding of that name', () => {
    const { checks, issues } = diagnose({ ...WELL, node: '18.0.0', freeBytes: 0, engine: problem }, 'here');
    for (const { state, hint } of checks) if (state !== 'ok') expect(hint).toBeDefined();
    expect(issues.map(({ rule, severity, where }) => [rule, severity, where])).toEqual([
      ['doctor.node', 'error', 'here'],
      ['doctor.disk', 'error', 'here'],
    ]);
  });
});

describe('repairs', () => {
  it('are none where nothing is wrong, and outside git', () => {
    expect(planRepairs(PROJECT, '{}').list).toEqual([]);
    expect(planRepairs({ ...PROJECT, gitignore: undefined, schema: 'unused' }, '{}').list).toEqual([]);
  });

  it('keep the lines that are in .gitignore and add those that are not', () => {
    const { texts, list } = planRepairs({ ...PROJECT, gitignore: 'dist\n/.env' }, '{}');
    expect(texts.get('.gitignore')).toBe('dist\n/.env\n*.log\n');
    expect(list.map(({ path, action }) => [path, action])).toEqual([['.gitignore', 'add lines']]);
  });

  it('write the schema of this version, and remove leftovers', () => {
    const left = '.mlserve.lock.1-0123456789ab.tmp';
    const { texts, removed } = planRepairs({ ...PROJECT, schema: 'different', leftovers: [left] }, '{"a":1}');
    expect([...texts]).toEqual([['.mlserve/schema.json', '{"a":1}']]);
    expect(removed).toEqual([left]);
  });
});
