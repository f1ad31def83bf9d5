/** `mlserve deploy --canary` as a process: the files of a canary, and when there are none. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { copyProject, IMAGE, type ProjectName } from '../support/projects.ts';
import { runCli } from '../support/run-cli.ts';

async function run(name: ProjectName, ...flags: readonly string[]) {
  const project = await copyProject(name);
  const result = await runCli(['deploy', '.', '--image', IMAGE, ...flags], { cwd: project });
  return { ...result, project };
}

describe('mlserve deploy --canary', () => {
  it('writes the canary and the split route, and leaves the files of the service as they are', async () => {
    const { code, stdout, stderr, project } = await run('guarded/wine', '--canary', '10', '--env', 'prod');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('prod  namespace wine  wine-quality-canary  10 % of the requests');
    expect(await readdir(join(project, 'deploy'))).toEqual(['canary']);
    const folder = join(project, 'deploy/canary/prod');
    expect((await readdir(folder)).sort()).toEqual([
      '.mlserve.json',
      'canary.yaml',
      'http-route.yaml',
      'kustomization.yaml',
    ]);
    const documents = parseAllDocuments(await readFile(join(folder, 'canary.yaml'), 'utf8'));
    expect(documents.map((each) => (each.toJS() as { kind: string }).kind)).toEqual([
      ...['ConfigMap', 'Service', 'Deployment', 'PodDisruptionBudget', 'NetworkPolicy', 'PodMonitor', 'PrometheusRule'],
    ]);
    expect(await readFile(join(folder, 'http-route.yaml'), 'utf8')).toMatch(/weight: 90\n[\s\S]*weight: 10\n/);
  });

  it('writes nothing on a dry run', async () => {
    const { code, stdout, project } = await run(
      'guarded/wine',
      '--canary',
      '0',
      '--env',
      'staging',
      '--dry-run',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      environment: 'staging',
      namespace: 'wine-staging',
      weight: 0,
      dryRun: true,
    });
    await expect(stat(join(project, 'deploy'))).rejects.toThrow();
  });

  it.each([
    ['guarded/wine', ['--canary', '100', '--env', 'prod'], 'whole number from 0 to 99', 'USAGE'],
    ['guarded/wine', ['--canary', '10'], 'an environment must be named', 'USAGE'],
    ['guarded/wine', ['--canary', '10', '--env', 'prod', '--format', 'helm'], 'not part of a chart', 'USAGE'],
    ['plain/iris', ['--canary', '10', '--env', 'prod'], 'deploy.expose is none', 'CONFIG_INVALID'],
    ['several/digits', ['--canary', '10', '--env', 'prod'], 'deploy.expose is ingress', 'CONFIG_INVALID'],
  ] as const)('refuses for %s: %j', async (name, flags, message, reason) => {
    const { code, stderr } = await run(name, ...flags);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`[${reason}]`);
  });
});
