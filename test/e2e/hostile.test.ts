/** Every hostile fixture through `mlserve validate` as a process: its rule, its exit code, in time, and nothing else broken. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Issue } from '../../src/issue.ts';
import { RULES, type RuleId } from '../../src/model/rules/table.ts';
import { materialise, readProvenance } from '../support/fixtures.ts';
import { attribute, field, graph, model, node, packed, tensor, value } from '../support/onnx-writer.ts';
import { bareEnv, CLI, runCli } from '../support/run-cli.ts';
import { writeModel } from '../support/write-model.ts';

const LIMIT_MS = 5000;
const severityOf = (rule: string) => RULES[rule as RuleId].severity;

interface Validated {
  readonly issues: readonly Issue[];
  readonly models: readonly { readonly probe: object | null }[];
}

describe('a hostile model', () => {
  const models = Object.entries(readProvenance('hostile'));

  it('exists in many forms', () => {
    expect(models.length).toBeGreaterThan(50);
  });

  it.each(models)('%s is found out in under five seconds', async (name, { expectedRules = [] }) => {
    const cwd = await materialise(`hostile/${name}`);
    const start = performance.now();
    const { code, stdout, stderr } = await runCli(['validate', 'model.onnx', '--json'], { cwd });
    expect(performance.now() - start).toBeLessThan(LIMIT_MS);

    expect(expectedRules.length).toBeGreaterThan(0);
    const isFatal = expectedRules.some((rule) => severityOf(rule) === 'error');
    expect(code).toBe(isFatal ? 1 : 0);
    expect(stderr).toBe('');
    const { issues, models: checked } = JSON.parse(stdout) as Validated;
    expect(issues.map((issue) => issue.rule)).toEqual(expect.arrayContaining([...expectedRules]));
    // Nothing but what was expected is wrong with it.
    const errors = issues.filter((issue) => issue.severity === 'error').map((issue) => issue.rule);
    expect(errors.filter((rule) => !expectedRules.includes(rule))).toEqual([]);
    for (const issue of issues) {
      expect(issue.where).toMatch(/^model\.onnx/);
      expect(issue.message).not.toBe('');
      expect(issue.hint).not.toBe('');
    }
    if (!isFatal) expect(checked[0]?.probe).not.toBeNull();
  });

  it('that crashes the runtime is a finding', async () => {
    // The one integer division without a result is a trap of x64 processors; arm64 answers something.
    if (process.arch !== 'x64') return;
    const int32 = (name: string, number: number) => tensor({ name, type: 6, dims: [1], fields: [packed(5, [number])] });
    const body = graph({
      nodes: [
        node({ op: 'Div', inputs: ['least', 'minus-one'], outputs: ['Z'] }),
        node({ op: 'Add', inputs: ['X', 'Z'], outputs: ['Y'] }),
      ],
      initializers: [int32('least', -(2 ** 31)), int32('minus-one', -1)],
      inputs: [value('X', 6, ['n'])],
      outputs: [value('Y', 6, ['n'])],
    });
    const path = await writeModel(model(body));
    const { code, stdout } = await runCli(['validate', path], { cwd: '/' });
    expect(code).toBe(1);
    expect(stdout).toContain('MSV034');
  });

  it('is identified in little memory, however long the lists in its attributes', async () => {
    const keys = attribute('keys_int64s', 7, field(8, new Uint8Array(30_000_000).fill(1)));
    const encoder = { op: 'LabelEncoder', domain: 'ai.onnx.ml', inputs: ['x'], outputs: ['y'], attributes: [keys] };
    const body = graph({
      nodes: [node(encoder)],
      inputs: [value('x', 7, ['N'])],
      outputs: [value('y', 7, ['N'])],
    });
    const path = await writeModel(model(body));
    const env = { NODE_OPTIONS: '--max-old-space-size=64' };
    const { code, stdout } = await runCli(['inspect', path, '--json'], { cwd: '/', env });
    expect(code).toBe(0);
    // What was answered when the list was held in memory as a whole.
    expect(stdout).toContain('sha256:705b64effe5ccaabb9d31d88610d14e0860d777757d93a727dcbf21a4ff20d7d');
  });

  it('is not run when asked not to', async () => {
    const cwd = await materialise('hostile/infinite-loop');
    const { code, stdout } = await runCli(['validate', 'model.onnx', '--no-run'], { cwd });
    expect(code).toBe(0);
    expect(stdout).not.toContain('MSV032');
  });

  it('is given the time and memory that the flags say', async () => {
    const cwd = await materialise('hostile/infinite-loop');
    const start = performance.now();
    const loop = await runCli(['validate', 'model.onnx', '--load-timeout', '700ms'], { cwd });
    expect(loop.stdout).toContain('700 ms');
    expect(performance.now() - start).toBeLessThan(2900);
    const small = await runCli(['validate', 'model.onnx', '--load-memory', '10MiB'], { cwd });
    expect(small.stdout).toContain('MSV033');
  });

  it.runIf(process.platform === 'linux')('leaves no process behind when mlserve is killed', async () => {
    const cwd = await materialise('hostile/infinite-loop');
    const cli = spawn(process.execPath, [CLI, 'validate', 'model.onnx', '--load-timeout', '60s'], {
      cwd,
      env: bareEnv(),
    });
    const child = await poll(async () => {
      const children = await readFile(`/proc/${cli.pid}/task/${cli.pid}/children`, 'utf8');
      return children.trim() === '' ? undefined : Number(children.trim());
    });
    // The watchdog has to be up before it can notice; it is once the runtime is loaded.
    await poll(async () => {
      const maps = await readFile(`/proc/${child}/maps`, 'utf8');
      return maps.includes('libonnxruntime') ? true : undefined;
    });
    cli.kill('SIGKILL');
    const gone = await poll(async () => (existsSync(`/proc/${child}`) ? undefined : true));
    expect(gone).toBe(true);
  });
});

/** The first answer that is not undefined, asked for every 20 ms, for 15 s at most. */
async function poll<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 750; attempt++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((next) => setTimeout(next, 20));
  }
  throw new Error('nothing happened within 15 s');
}
