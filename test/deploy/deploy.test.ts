import { createHash } from 'node:crypto';
import { appendFile, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DeployOptions, type DeployResult, deploy } from '../../src/commands/deploy.ts';
import { lock } from '../../src/commands/lock.ts';
import { renderDeploy } from '../../src/commands/render-deploy.ts';
import { MlserveError } from '../../src/errors.ts';
import { FORMATS, type Format } from '../../src/manifests/formats/formats.ts';
import { fixturePath } from '../support/fixtures.ts';
import { copyProject, IMAGE, PROJECTS, projectPath } from '../support/projects.ts';
import { runCli } from '../support/run-cli.ts';
import { digestFor } from '../support/sample-lock.ts';
import { tempFolder } from '../support/temp.ts';
import { testIo } from '../support/test-io.ts';

interface OneFormat extends Partial<Omit<DeployOptions, 'formats'>> {
  readonly format?: Format;
}

/** The result, and what it says of the one format. */
async function run(project: string, { format = 'kustomize', ...options }: OneFormat = {}) {
  const all = { project: '.', formats: [format], image: IMAGE, force: false, dryRun: false, ...options };
  const result = await deploy(all, testIo(project));
  const [one] = result.formats;
  if (one === undefined) throw new Error('no format in the result');
  return { ...result, ...one };
}

async function failure(work: Promise<unknown>): Promise<MlserveError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MlserveError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** Path → content of every file. */
async function contentsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.sort().map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')])),
  );
}

const relock = (project: string) => lock({ project: '.', check: false, frozen: false, dryRun: false }, testIo(project));

describe('mlserve deploy', () => {
  it.each(PROJECTS)(
    'writes %s twice with the same bytes, in each format, and says the second time that nothing changed',
    async (name) => {
      const project = await copyProject(name);
      for (const format of Object.keys(FORMATS) as Format[]) {
        const first = await run(project, { format });
        const before = await contentsOf(first.dir);
        expect(first.files.every(({ state }) => state === 'new')).toBe(true);
        const second = await run(project, { format });
        expect(second.files.every(({ state }) => state === 'same')).toBe(true);
        expect(await contentsOf(second.dir)).toEqual(before);
        expect(renderDeploy(second)).toContain('is up to date');
      }
    },
  );

  it('writes one environment alone where it is named, in the namespace that is named', async () => {
    const project = await copyProject('plain/iris');
    const result = await run(project, { format: 'yaml', env: 'staging', namespace: 'ml-team', out: 'out' });
    expect(result.environments.map(({ name, namespace }) => [name, namespace])).toEqual([['staging', 'ml-team']]);
    expect((await readdir(join(project, 'out'))).sort()).toEqual(['.mlserve.json', 'staging']);
    const all = await run(project, { format: 'yaml', namespace: 'ml', out: 'all' });
    expect(all.environments.map(({ namespace }) => namespace)).toEqual(['ml-dev', 'ml-staging', 'ml']);
  });

  it('writes the same whatever server settings the shell has, for pods do not have them, and says so', async () => {
    const project = await copyProject('plain/iris');
    const args = ['deploy', '--format', 'yaml', '--image', IMAGE];
    const env = { PORT: '3000', MLSERVE_DRAIN_DELAY_MS: '1', MLSERVE_DEPLOY_MAX_REPLICAS: '7' };
    const shell = await runCli([...args, '--out', 'shell'], { cwd: project, env });
    const bare = await runCli([...args, '--out', 'bare'], { cwd: project, env: { MLSERVE_DEPLOY_MAX_REPLICAS: '7' } });
    expect([shell.code, bare.code]).toEqual([0, 0]);
    expect(shell.stderr).toContain('MLSERVE_DRAIN_DELAY_MS is passed over');
    expect(await contentsOf(join(project, 'shell'))).toEqual(await contentsOf(join(project, 'bare')));
    expect(await readFile(join(project, 'bare/prod/manifests.yaml'), 'utf8')).toContain('maxReplicas: 7');
  });

  it('writes less memory than a pod needs as it is asked to, and warns of it', async () => {
    const project = await copyProject('plain/iris');
    const args = ['deploy', '--format', 'yaml', '--env', 'prod', '--image', IMAGE];
    const run = (bytes: number) =>
      runCli(args, { cwd: project, env: { MLSERVE_DEPLOY_MEMORY_BYTES: String(bytes), NO_COLOR: '1' } });
    const tight = await run(1);
    expect(tight.code).toBe(0);
    expect(tight.stderr).toMatch(
      /deploy\.memoryBytes is 1 MiB, and a pod may need \d+: 192 for Node \+ 256 for bodies/,
    );
    expect(await readFile(join(project, 'deploy/yaml/prod/manifests.yaml'), 'utf8')).toContain('memory: 1Mi');
    expect((await run(2 ** 30)).stderr).not.toContain('memoryBytes');
  });

  it('ends without a trace where the folder to write to is a file, or empty', async () => {
    const project = await copyProject('plain/iris');
    const before = await contentsOf(project);
    for (const [out, message] of [
      ['mlserve.yaml', 'mlserve.yaml: is a file, not a folder'],
      ['', 'It must name a folder'],
    ] as const) {
      const { code, stderr } = await runCli(['deploy', '--image', IMAGE, '--out', out], { cwd: project });
      expect([out, code]).toEqual([out, 2]);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain('node:');
    }
    expect(await contentsOf(project)).toEqual(before);
  });

  it('removes what is no longer written, with the folders that become empty', async () => {
    const project = await copyProject('plain/iris');
    const { dir } = await run(project);
    await writeFile(join(dir, 'overlays/dev/notes.txt'), 'mine');
    const result = await run(project, { env: 'prod' });
    expect(result.files.filter(({ state }) => state === 'removed').length).toBeGreaterThan(10);
    expect((await readdir(join(dir, 'overlays'))).sort()).toEqual(['dev', 'prod']);
    expect(await readdir(join(dir, 'overlays/dev'))).toEqual(['notes.txt']);
  });
});

describe('the formats of operators', () => {
  it('say what of the service they do not use, and refuse what they cannot have', async () => {
    const project = await copyProject('guarded/wine');
    const knative = await run(project, { format: 'knative', env: 'prod' });
    expect(knative.notes).toEqual([
      'deploy.gateway is not used: the gateway is that of Knative',
      'deploy.clientNamespaces is not used: requests come by the gateway of Knative',
      'server.grpcPort is not used: Knative knows one port, and that is HTTP',
      'tls.cert is not used: TLS is between the gateway of Knative and the callers',
      'deploy.patches[0] is for other formats: this one writes no Deployment',
      'deploy.patches[1] is for other formats: this one writes no HorizontalPodAutoscaler',
    ]);
    expect(renderDeploy(knative)).toContain('  note     deploy.gateway is not used');
    expect((await run(project, { format: 'yaml', env: 'prod' })).notes).toEqual([]);
    const path = join(project, 'mlserve.yaml');
    await writeFile(path, (await readFile(path, 'utf8')).replace('grpcPort: 8081', 'port: 9090'));
    const error = await failure(run(project, { format: 'knative' }));
    expect([error.code, error.issues.map(({ where }) => where)]).toEqual(['CONFIG_INVALID', ['server.port']]);
  });

  it('write one file of objects for each environment, and what lies beside it', async () => {
    const project = await copyProject('plain/iris');
    for (const [format, object] of [
      ['kserve', 'InferenceService/iris'],
      ['knative', 'Service/iris'],
    ] as const) {
      const { dir, environments } = await run(project, { format });
      expect(environments.every(({ objects }) => objects.includes(object))).toBe(true);
      expect(environments[2]?.next).toBe(`kubectl apply -f ${dir}/prod/manifests.yaml`);
      expect((await readdir(join(dir, 'prod'))).sort()).toEqual([
        'alerts',
        'client.yaml',
        'manifests.yaml',
        'namespace.yaml',
      ]);
    }
  });
});

describe('several formats', () => {
  it.each(PROJECTS)('of %s are written by one command, each as it is alone', async (name) => {
    const project = await copyProject(name);
    const args = ['deploy', '--image', IMAGE];
    const all = await runCli([...args, '--format', 'all', '--json'], { cwd: project });
    expect(all.code, all.stderr).toBe(0);
    const { formats } = JSON.parse(all.stdout) as DeployResult;
    expect(formats.map(({ format }) => format)).toEqual(Object.keys(FORMATS));
    for (const { format, dir, files } of formats) {
      expect(dir).toBe(join(project, 'deploy', format));
      expect(files.every(({ state }) => state === 'new')).toBe(true);
      const alone = await run(project, { format, out: join(project, 'alone', format) });
      expect(await contentsOf(dir)).toEqual(await contentsOf(alone.dir));
    }
    const again = await runCli([...args, '--format', 'knative, helm', '--out', 'deploy'], { cwd: project });
    expect(again.stdout.match(/deploy\/\w+ is up to date/g)).toEqual([
      'deploy/helm is up to date',
      'deploy/knative is up to date',
    ]);
  });

  it('are written or refused together', async () => {
    const project = await copyProject('plain/iris');
    await mkdir(join(project, 'deploy/knative/prod'), { recursive: true });
    await writeFile(join(project, 'deploy/knative/prod/manifests.yaml'), 'mine');
    const { code, stderr } = await runCli(['deploy', '--image', IMAGE, '--format', 'all'], { cwd: project });
    expect([code, stderr]).toEqual([2, expect.stringContaining('deploy/knative')]);
    expect(await readdir(join(project, 'deploy'))).toEqual(['knative']);
  });

  it.each(['', 'yaml,', 'yaml,compose'])('cannot be %j', async (formats) => {
    const { code, stderr } = await runCli(['deploy', '--format', formats], { cwd: await tempFolder() });
    expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are kustomize')]);
  });
});

describe('edited files', () => {
  it('stop the command before anything is written, each by its name', async () => {
    const project = await copyProject('plain/iris');
    const { dir } = await run(project);
    await appendFile(join(dir, 'base/deployment.yaml'), '# by hand\n');
    await appendFile(join(dir, 'overlays/dev/dashboard.yaml'), '# by hand\n');
    const before = await contentsOf(dir);
    const error = await failure(run(project, { env: 'prod', image: IMAGE.replace(':7@', ':8@') }));
    expect([error.code, error.issues.map(({ where }) => where)]).toEqual([
      'FILE_EXISTS',
      ['base/deployment.yaml', 'overlays/dev/dashboard.yaml'],
    ]);
    expect(await contentsOf(dir)).toEqual(before);
    await run(project, { env: 'prod', force: true });
    expect(await readFile(join(dir, 'base/deployment.yaml'), 'utf8')).not.toContain('by hand');
    await expect(stat(join(dir, 'overlays/dev'))).rejects.toThrow();
  });

  it('are also files that were there before, and a record that somebody damaged', async () => {
    const project = await copyProject('plain/iris');
    await mkdir(join(project, 'out/base'), { recursive: true });
    await writeFile(join(project, 'out/base/service.yaml'), 'mine');
    expect((await failure(run(project, { out: 'out' }))).issues.map(({ where }) => where)).toEqual([
      'base/service.yaml',
    ]);
    const { dir } = await run(project);
    for (const record of [
      '{',
      '{}',
      JSON.stringify({ recordVersion: 1, files: { '../../mlserve.lock': 'a'.repeat(64) } }),
    ]) {
      await writeFile(join(dir, '.mlserve.json'), record);
      expect((await failure(run(project))).message).toContain('damaged');
    }
    await run(project, { force: true });
    expect((await stat(join(project, 'mlserve.lock'))).isFile()).toBe(true);
  });

  it('do not matter to --dry-run, which says what would be and writes nothing', async () => {
    const project = await copyProject('plain/iris');
    const result = await run(project, { dryRun: true });
    expect(result.files.length).toBeGreaterThan(20);
    expect(renderDeploy(result)).toContain('would change (--dry-run)');
    await expect(stat(join(project, 'deploy'))).rejects.toThrow();
  });
});

describe('the lock', () => {
  it('must be there, and hold what is on disk', async () => {
    const project = await copyProject('plain/iris');
    await copyFile(fixturePath('real/wine'), join(project, 'models/iris.onnx'));
    const error = await failure(run(project));
    expect([error.code, error.issues[0]?.where]).toEqual(['LOCK_MISMATCH', 'models/iris.onnx']);
    await rm(join(project, 'mlserve.lock'));
    expect((await failure(run(project))).code).toBe('LOCK_MISSING');
    await expect(stat(join(project, 'deploy'))).rejects.toThrow();
  });
});

describe('the image', () => {
  const hash = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const image = `registry.example.com/ml/iris@${digestFor('built')}`;

  async function withBuild(change: object = {}): Promise<string> {
    const project = await copyProject('plain/iris');
    const build = {
      buildVersion: 1,
      image,
      tags: ['localhost/iris:dev', 'registry.example.com/ml/iris:1.4.0-7'],
      // The lock is written with sorted keys, so its text is the canonical one.
      lock: hash(await readFile(join(project, 'mlserve.lock'), 'utf8')),
      revision: { revision: '0123456789abcdef0123456789abcdef01234567', isDirty: false },
      ...change,
    };
    await writeFile(join(project, 'build.json'), JSON.stringify(build));
    return project;
  }
  const fromBuild = (project: string, options: OneFormat = {}) => run(project, { image: undefined, ...options });

  it('is that of build.json, with its tag and the revision it was built from', async () => {
    const project = await withBuild();
    const { dir, image: used } = await fromBuild(project, { format: 'yaml', env: 'prod' });
    expect(used).toBe(image.replace('@', ':1.4.0-7@'));
    const text = await readFile(join(dir, 'prod/manifests.yaml'), 'utf8');
    expect(text).toContain('mlserve.dev/revision: 0123456789abcdef0123456789abcdef01234567');
  });

  it('is refused when it was built from another lock, was not pushed, or is not named at all', async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ lock: hash('other') }, 'LOCK_MISMATCH'],
      [{ image: null }, 'IMAGE_UNPINNED'],
      [{ buildVersion: 2 }, 'IMAGE_UNPINNED'],
    ];
    for (const [change, code] of cases) expect((await failure(fromBuild(await withBuild(change)))).code).toBe(code);
    const project = await copyProject('plain/iris');
    expect((await failure(fromBuild(project))).message).toContain('nothing says which image');
    expect((await failure(fromBuild(project, { build: 'gone.json' }))).code).toBe('FILE_NOT_FOUND');
    expect((await failure(run(project, { image: 'iris:latest' }))).code).toBe('IMAGE_UNPINNED');
  });

  it('is marked where it was built from files that nobody has committed', async () => {
    const project = await withBuild({ revision: { revision: '0123456789abcdef', isDirty: true } });
    const { dir } = await fromBuild(project, { format: 'yaml', env: 'prod' });
    expect(await readFile(join(dir, 'prod/manifests.yaml'), 'utf8')).toContain(
      'mlserve.dev/revision: 0123456789abcdef-dirty',
    );
  });
});

describe('what no cluster takes', () => {
  async function withConfig(change: (text: string) => string): Promise<string> {
    const project = await copyProject('plain/iris');
    const path = join(project, 'mlserve.yaml');
    await writeFile(path, change(await readFile(path, 'utf8')));
    await relock(project);
    return project;
  }
  const findings = async (deploySection: string) => {
    const project = await withConfig((text) => `${text}deploy: ${deploySection}\n`);
    const { code, issues } = await failure(run(project));
    return [code, ...issues.map(({ where }) => where)];
  };

  it('is said before anything is written', async () => {
    expect(await findings('{expose: gateway}')).toEqual(['CONFIG_INVALID', 'deploy.host', 'deploy.gateway']);
    expect(await findings('{expose: ingress, host: "a b"}')).toEqual(['CONFIG_INVALID', 'deploy.host']);
    expect(await findings('{namespace: Fraud}')).toEqual(['CONFIG_INVALID', ...Array(3).fill('deploy.namespace')]);
    expect(await findings('{minReplicas: 5, maxReplicas: 2}')).toEqual(['CONFIG_INVALID', 'deploy.minReplicas']);
    expect(await findings('{clientNamespaces: "shop, A"}')).toEqual(['CONFIG_INVALID', 'deploy.clientNamespaces']);
    expect(await findings('{pullSecret: "a_b"}')).toEqual(['CONFIG_INVALID', 'deploy.pullSecret']);
    expect(await findings('{patches: [{kind: Job, patch: {spec: {a: 1}}}]}')).toEqual([
      'CONFIG_INVALID',
      'deploy.patches[0]',
    ]);
  });

  it('is a namespace that grows too long with the name of the environment; naming it helps', async () => {
    const name = 'n'.repeat(60);
    const project = await withConfig((text) => text.replace('name: iris\n', `name: ${name}\n`));
    const error = await failure(run(project));
    expect(error.issues.map(({ where }) => where)).toEqual(['deploy.namespace', 'deploy.namespace']);
    const { environments } = await run(project, { namespace: 'ml' });
    expect(environments[2]?.objects).toContain(`Deployment/${name}`);
  });

  it('never happens to two services in one namespace: every object has another name', async () => {
    const names = await Promise.all(
      (['plain/iris', 'several/digits'] as const).map(async (name) => {
        const { environments } = await run(await copyProject(name), { namespace: 'shared', env: 'prod' });
        return environments[0]?.objects ?? [];
      }),
    );
    expect(new Set(names.flat()).size).toBe(names.flat().length);
  });
});

describe('the program', () => {
  it('prints what was written and what comes next, and JSON with --json', async () => {
    const out = await tempFolder();
    const args = ['deploy', projectPath('plain/iris'), '--image', IMAGE, '--out', join(out, 'k')];
    const text = await runCli(args, { cwd: out });
    expect([text.code, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toContain(`next: kubectl apply -k ${out}/k/overlays/prod`);
    const json = await runCli([...args, '--json'], { cwd: out });
    const { formats } = JSON.parse(json.stdout) as DeployResult;
    expect(formats.map(({ format }) => format)).toEqual(['kustomize']);
    expect(formats[0]?.environments.map(({ namespace }) => namespace)).toEqual(['iris-dev', 'iris-staging', 'iris']);
    expect(new Set(formats[0]?.files.map(({ state }) => state))).toEqual(new Set(['same']));
  });

  it('ends with exit code 2 and says how to name the image', async () => {
    const { code, stderr } = await runCli(['deploy', projectPath('plain/iris')], { cwd: await tempFolder() });
    expect(code).toBe(2);
    expect(stderr).toContain('[IMAGE_UNPINNED]');
    expect(stderr).toContain('--image NAME:TAG@sha256:DIGEST');
  });
});

describe('the fixture projects', () => {
  it('hold copies of models that carry their provenance', async () => {
    const copies = {
      'plain/iris/models/iris.onnx': 'real/iris/model.onnx',
      'guarded/wine/models/wine.onnx': 'real/wine/model.onnx',
      'several/digits/models/mlp.onnx': 'real/digits-mlp/model.onnx',
      'several/digits/models/model.onnx': 'protocol/external-data/model.onnx',
      'several/digits/models/layer-1.bin': 'protocol/external-data/layer-1.bin',
      'several/digits/models/layer-2.bin': 'protocol/external-data/layer-2.bin',
    };
    const root = join(projectPath('plain/iris'), '../../..');
    for (const [copy, original] of Object.entries(copies)) {
      expect(await readFile(join(root, 'projects', copy))).toEqual(await readFile(join(root, 'models', original)));
    }
  });
});
