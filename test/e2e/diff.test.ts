/** `mlserve diff` as a process: files, projects, git revisions, every exit code, and what is left behind. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fixturePath, readCases } from '../support/fixtures.ts';
import { copyProject } from '../support/projects.ts';
import { bareEnv, CLI, type CliRun, runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp.ts';

const file = fixturePath;
const base = file('digest/base');
const git = (cwd: string, ...words: string[]) =>
  promisify(execFile)('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], { cwd });

/** In a folder for temp files of its own, which must be empty afterwards. */
async function diff(cwd: string, ...args: string[]): Promise<CliRun> {
  const temp = await tempFolder();
  const run = await runCli(['diff', ...args], { cwd, env: { TMPDIR: temp } });
  const { stdout } = await promisify(execFile)('ls', ['-A', temp]);
  expect(stdout.split('\n').filter((name) => name.startsWith('mlserve'))).toEqual([]);
  return run;
}

/** A project in a repository of its own, committed as it is. */
async function committed(): Promise<string> {
  const folder = await copyProject('plain/iris');
  await git(folder, 'init', '-q');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '-qm', 'one');
  return folder;
}

async function setVersion(folder: string, version: string): Promise<void> {
  const path = join(folder, 'mlserve.yaml');
  await writeFile(path, (await readFile(path, 'utf8')).replace(/^version: .*$/m, `version: ${version}`));
}

describe('two model files', () => {
  it.each([
    ['digest/base', 'identical', 'none', []],
    ['digest/weight', 'weights', 'patch', ['weights.changed']],
    ['digest/attribute', 'graph', 'patch', ['graph.changed']],
    ['digest/opset', 'graph', 'patch', ['opset.changed', 'graph.changed']],
    ['digest/producer', 'metadata', 'patch', ['metadata.changed']],
    ['digest/external', 'metadata', 'patch', ['metadata.changed']],
    ['digest/output', 'compatible', 'minor', ['output.added', 'graph.changed']],
    ['real/iris', 'breaking', 'major', expect.arrayContaining(['input.removed', 'output.removed'])],
  ])('%s against digest/base is %s and demands %s', async (name, kind, step, rules) => {
    const { code, stdout, stderr } = await diff('/', base, file(name), '--json');
    expect(code, stderr).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ kind, step, version: null, issues: [] });
    expect(result.models[0].changes.map(({ rule }: { rule: string }) => rule)).toEqual(rules);
  });

  it('are told of in words', async () => {
    const { code, stdout } = await diff('/', base, file('digest/output'));
    expect(code).toBe(0);
    expect(stdout).toContain('compatible');
    expect(stdout).toContain('minor  output "joined": is new: float32 [batch, 3]');
    expect(stdout).toContain('demands a minor step of the version');
  });
});

describe('a project and an earlier commit of it', () => {
  it('are identical before anything is changed', async () => {
    const folder = await committed();
    const { code, stdout, stderr } = await diff(folder, 'HEAD', '.', '--json');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'identical',
      old: { given: 'HEAD', kind: 'project' },
      issues: [],
    });
  });

  it('end in exit code 1 when the version did not take the step, and in 0 when it did', async () => {
    const folder = await committed();
    await copyFile(file('real/diabetes'), join(folder, 'models/iris.onnx'));
    await setVersion(folder, '1.5.0');
    const small = await diff(folder, 'HEAD', '.');
    expect(small.code).toBe(1);
    expect(small.stdout).toContain('error diff.version mlserve.yaml: from 1.4.0 to 1.5.0 is a minor step');
    expect(small.stdout).toContain('fix: set the version of the service to 2.0.0 or a later one');
    await setVersion(folder, '2.0.0');
    expect((await diff(folder, 'HEAD:', '.')).code).toBe(0);
  });

  it('are found from a folder below, by paths from the root or from here', async () => {
    const folder = await committed();
    const below = join(folder, 'models');
    const ways = ['HEAD:models/iris.onnx', 'HEAD:./iris.onnx'];
    for (const way of ways) expect((await diff(below, way, 'iris.onnx')).stdout).toContain('identical');
    const missing = await diff(below, 'HEAD:iris.onnx', 'iris.onnx');
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('write "REVISION:./path"');
  });

  it('may keep weights in data files beside the model', async () => {
    const folder = await copyProject('several/digits');
    await git(folder, 'init', '-q');
    await git(folder, 'add', '.');
    await git(folder, 'commit', '-qm', 'one');
    const { code, stdout, stderr } = await diff(folder, 'HEAD', '.', '--model', 'layers');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('model layers 3.1.0: identical');
    expect(stdout).not.toContain('model digits');
  });

  it('leave no copy behind when Ctrl-C ends the comparison', async () => {
    const [folder, temp] = [await committed(), await tempFolder()];
    const row = `${JSON.stringify({ float_input: [5.1, 3.5, 1.4, 0.2] })}\n`;
    await writeFile(join(folder, 'rows.ndjson'), row.repeat(400_000));
    const args = [CLI, 'diff', 'HEAD', '.', '--rows', 'rows.ndjson'];
    const child = spawn(process.execPath, args, { cwd: folder, env: bareEnv({ TMPDIR: temp }), stdio: 'ignore' });
    const closed = once(child, 'close');
    const copies = async () => (await readdir(temp)).filter((name) => name.startsWith('mlserve'));
    await expect.poll(copies, { timeout: 30_000, interval: 20 }).toHaveLength(1);
    child.kill('SIGINT');
    expect(await closed).toEqual([130, null]);
    expect(await copies()).toEqual([]);
  });

  it('leave the index and the work tree alone', async () => {
    const folder = await committed();
    await setVersion(folder, '9.0.0');
    await diff(folder, 'HEAD', '.');
    expect((await git(folder, 'status', '--porcelain')).stdout).toBe(' M mlserve.yaml\n');
  });
});

describe('predictions for the same rows', () => {
  const [old, retrained] = [file('change/old'), file('change/retrained')];

  /** The held-out rows of iris, as a file that models without features read. */
  async function rows(): Promise<string> {
    const values = [...(readCases('change/old').inputs.get('float_input')?.data ?? [])];
    const lines = Array.from(
      { length: values.length / 4 },
      (_, row) => `${JSON.stringify(values.slice(row * 4, row * 4 + 4))}\n`,
    );
    const path = join(await tempFolder(), 'rows.ndjson');
    await writeFile(path, lines.join(''));
    return path;
  }

  it('moved as numpy and scipy say they did', async () => {
    const { code, stdout, stderr } = await diff('/', old, retrained, '--rows', await rows(), '--json');
    expect(code, stderr).toBe(0);
    const { kind, predictions, issues } = JSON.parse(stdout);
    const expected = readCases('change/retrained').movedFromOld;
    expect(expected).toBeDefined();
    if (expected === undefined) return;
    expect({ kind, issues }).toEqual({ kind: 'graph', issues: [] });
    expect(predictions).toMatchObject({
      rows: expected.rows,
      compared: expected.rows,
      otherLabels: expected.otherLabels,
    });
    const [label, scores] = predictions.members;
    expect(label).toMatchObject({ member: 'label', kind: 'label', changed: expected.otherLabels });
    expect(scores).toMatchObject({ member: 'probabilities', kind: 'number', values: expected.rows * 3 });
    expect(scores.maxDifference).toBeCloseTo(expected.maxDifference, 6);
    expect(scores.meanDifference).toBeCloseTo(expected.meanDifference, 6);
    expect(scores.rankCorrelation).toBeCloseTo(expected.rankCorrelation, 6);
    expect(predictions.worst.map(({ row }: { row: number }) => row)).toEqual(expected.worstRows);
  });

  it('end in exit code 1 where a limit is exceeded, each with its finding', async () => {
    const limits = ['--tolerance', '0.5', '--max-changed-labels', '0.1', '--min-rank-correlation', '0.99'];
    const { code, stdout } = await diff('/', old, retrained, '--rows', await rows(), '--json', ...limits);
    expect(code).toBe(1);
    const rules = JSON.parse(stdout).issues.map(({ rule }: { rule: string }) => rule);
    expect(rules).toEqual(['diff.labels', 'diff.tolerance', 'diff.rank']);
    const wide = ['--tolerance', '0.6', '--max-changed-labels', '0.2', '--min-rank-correlation', '0.9'];
    expect((await diff('/', old, retrained, '--rows', await rows(), ...wide)).code).toBe(0);
  });

  it('are found under another name of the input too, where rows need no name', async () => {
    const { code, stdout } = await diff('/', old, file('change/renamed'), '--rows', await rows(), '--tolerance', '0');
    expect(code).toBe(0);
    expect(stdout).toContain('major  input "float_input": is now called "measures"');
    expect(stdout).toContain('38 rows; 0 (0 %) with another label');
  });

  it('are told of in Markdown, with names that cannot leave their cell', async () => {
    const args = [old, retrained, '--rows', await rows(), '--max-changed-labels', '0.1', '--markdown'];
    const { code, stdout } = await diff('/', ...args);
    expect(code).toBe(1);
    expect(stdout).toContain('| label | 7 of 38 (18.42 %) |');
    expect(stdout).toContain('❌ `diff.labels`');
    expect(stdout).toContain('- row 32: label 1 → 0');
    expect((await diff('/', ...args, '--json')).code).toBe(2);
  });

  it('of a project and a bare candidate are those of named features, and of golden examples where they are asked for', async () => {
    const home = await tempFolder();
    const made = await runCli(['init', 'flowers', '--model', old], { cwd: home });
    expect(made.code, made.stderr).toBe(0);
    const folder = join(home, 'flowers');
    await writeFile(join(folder, 'rows.csv'), 'f0,f1,f2,f3\n5.1,3.5,1.4,0.2\n6.7,3.1,4.4,1.4\nno,0,0,0\n');
    const { code, stdout, stderr } = await diff(folder, '.', retrained, '--rows', 'rows.csv', '--json');
    expect(code, stderr).toBe(0);
    const { predictions, issues } = JSON.parse(stdout);
    expect(predictions).toMatchObject({ rows: 3, compared: 2, unanswered: { old: 1, new: 1 } });
    expect(issues).toMatchObject([{ rule: 'diff.one-sided' }, { rule: 'diff.unanswered', severity: 'warning' }]);
    const examples = await diff(folder, retrained, '.', '--examples', '--tolerance', '0.000001');
    expect(examples.code, examples.stderr).toBe(1);
    expect(examples.stdout).toContain('error diff.tolerance');
  });

  it('cannot be limited without rows, nor found for rows that fit neither model or come through a pipe', async () => {
    const unread = await diff('/', old, retrained, '--tolerance', '1');
    expect(unread).toMatchObject({ code: 2, stderr: expect.stringContaining('limits of predictions need rows') });
    const piped = await diff('/', old, retrained, '--rows', '-');
    expect(piped).toMatchObject({ code: 2, stderr: expect.stringContaining('they must be a file') });
    const unfit = await diff('/', file('real/diabetes'), retrained, '--rows', await rows());
    expect(unfit).toMatchObject({ code: 1, stderr: expect.stringContaining('no row fits both models') });
    expect((await diff('/', old, retrained, '--tolerance', 'much')).code).toBe(2);
  });
});

describe('what cannot be compared', () => {
  it('is exit code 2 for a pointer of Git LFS, a link, and a project without its file', async () => {
    const folder = await committed();
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n';
    await writeFile(join(folder, 'lfs.onnx'), pointer);
    await symlink('models/iris.onnx', join(folder, 'link.onnx'));
    await git(folder, 'add', '.');
    await git(folder, 'commit', '-qm', 'two');
    for (const [name, words] of [
      ['HEAD:lfs.onnx', 'a pointer of Git LFS'],
      ['HEAD:link.onnx', 'a link, a folder or a submodule'],
      ['HEAD:models', 'there is no mlserve.yaml'],
    ] as const) {
      const { code, stderr } = await diff(folder, name, base);
      expect(stderr).toContain(words);
      expect(code).toBe(2);
    }
  });

  it('is told by its place in the commit, whichever side it is on', async () => {
    const folder = await committed();
    const [yaml, model] = [join(folder, 'mlserve.yaml'), join(folder, 'models/iris.onnx')];
    const [goodYaml, goodModel] = [await readFile(yaml), await readFile(model)];
    await writeFile(yaml, `${goodYaml}bogus: 1\n`);
    await git(folder, 'commit', '-qam', 'two');
    await writeFile(yaml, goodYaml);
    await writeFile(model, 'this is text');
    await git(folder, 'commit', '-qam', 'three');
    await writeFile(model, goodModel);
    const config = JSON.parse((await diff(folder, 'HEAD~1', '.', '--json')).stdout);
    expect(config.error).toMatchObject({ code: 'CONFIG_INVALID', where: 'HEAD~1:mlserve.yaml' });
    expect(config.error.issues[0].where).toMatch(/^HEAD~1:mlserve\.yaml:\d+/);
    const broken = await diff(folder, '.', 'HEAD', '--json');
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.stdout).error).toMatchObject({ code: 'MODEL_INVALID', where: 'HEAD:models/iris.onnx' });
    expect(broken.stdout).not.toContain('mlserve-revision');
  });

  it('is compared where this clone has fetched what a pointer of Git LFS stands for, and refused where that is another file', async () => {
    const folder = await committed();
    const bytes = await readFile(file('digest/weight'));
    const oid = createHash('sha256').update(bytes).digest('hex');
    await writeFile(
      join(folder, 'large.onnx'),
      `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${bytes.length}\n`,
    );
    await git(folder, 'add', '.');
    await git(folder, 'commit', '-qm', 'two');
    const stored = join(folder, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4));
    await mkdir(stored, { recursive: true });
    await writeFile(join(stored, oid), bytes);
    const { code, stdout, stderr } = await diff(folder, 'HEAD:large.onnx', base, '--json');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'weights' });
    await writeFile(join(stored, oid), bytes.subarray(1));
    const other = await diff(folder, 'HEAD:large.onnx', base);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('another file') });
  });

  it('is exit code 2 where no temp folder can be made', async () => {
    const folder = await committed();
    // Below a file, since the compile cache of Node 24 makes the folder that TMPDIR names wherever it can.
    const env = { TMPDIR: join(folder, 'mlserve.yaml', 'none') };
    const { code, stderr } = await runCli(['diff', 'HEAD', '.'], { cwd: folder, env });
    expect(stderr).toContain('[FILE_NOT_FOUND]');
    expect(code).toBe(2);
  });

  it('says what keeps git from knowing a commit: a shallow clone, or no git', async () => {
    const folder = await committed();
    await git(folder, 'commit', '-qm', 'two', '--allow-empty');
    const shallow = join(await tempFolder(), 'shallow');
    await git(folder, 'clone', '-q', '--depth', '1', `file://${folder}`, shallow);
    const cut = await diff(shallow, 'HEAD~1', '.');
    expect(cut).toMatchObject({ code: 2, stderr: expect.stringContaining('git fetch --unshallow') });
    const without = await runCli(['diff', 'HEAD', '.'], { cwd: folder, env: { PATH: '/nonexistent' } });
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('no git on the PATH') });
  });

  it('is exit code 2 for what is nothing that could be compared, and no registry is asked', async () => {
    const { code, stderr } = await diff('/', 'nothing', base);
    expect(code).toBe(2);
    expect(stderr).toContain('neither a file, a project folder, a git revision nor an image');
  });

  it('is exit code 1 for a file that is no model', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'text.onnx'), 'this is text');
    const { code, stdout } = await diff(folder, 'text.onnx', base, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'MODEL_INVALID' } });
  });

  it('is exit code 2 for one side alone', async () => {
    expect((await diff('/', base)).code).toBe(2);
  });
});
