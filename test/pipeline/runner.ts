/** A GitHub workflow as `ci init` writes it × an event → its jobs, run in order with this machine's bash: what each step did, and its outputs. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bash } from './bash.ts';
import { type Contexts, evaluate, interpolate } from './expressions.ts';

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly defaults: { readonly run: { readonly 'working-directory': string } };
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface RunnerOptions {
  /** Text of the workflow. */
  readonly workflow: string;
  /** The checkout that all jobs work in. */
  readonly workspace: string;
  /** Folder of the runner's own files. */
  readonly temp: string;
  readonly github: Contexts;
  readonly secrets: Readonly<Record<string, string>>;
  /** Of every step, over what the workflow says: where the package is, which tools stand in. */
  readonly env: Readonly<Record<string, string>>;
}

export interface StepRun {
  readonly job: string;
  readonly name: string;
  readonly outcome: 'success' | 'failure' | 'skipped';
  readonly output: string;
}

export interface WorkflowRun {
  readonly hasPassed: boolean;
  readonly steps: readonly StepRun[];
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What the steps wrote for the page of the job. */
  readonly summary: string;
}

export async function runWorkflow(options: RunnerOptions): Promise<WorkflowRun> {
  const workflow = parse(options.workflow) as Workflow;
  const steps: StepRun[] = [];
  const outputs: Record<string, Record<string, string>> = {};
  const failed = new Set<string>();
  let summary = '';
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const contexts = {
      github: options.github,
      secrets: options.secrets,
      needs: needsOf(outputs),
      runner: { os: 'Linux', temp: options.temp },
    };
    const isWanted =
      (job.needs === undefined || outputs[job.needs] !== undefined) &&
      (job.if === undefined || Boolean(evaluate(job.if, contexts)));
    if (!isWanted) continue;
    const run = await runJob(name, job, { workflow, options, contexts });
    steps.push(...run.steps);
    summary += run.summary;
    if (run.hasFailed) failed.add(name);
    else outputs[name] = run.outputs;
  }
  return { hasPassed: failed.size === 0, steps, outputs, summary };
}

function needsOf(outputs: Readonly<Record<string, Readonly<Record<string, string>>>>): Contexts {
  return Object.fromEntries(Object.entries(outputs).map(([job, each]) => [job, { outputs: each }]));
}

interface JobSurroundings {
  readonly workflow: Workflow;
  readonly options: RunnerOptions;
  readonly contexts: Contexts;
}

async function runJob(name: string, job: Job, { workflow, options, contexts }: JobSurroundings) {
  const steps: StepRun[] = [];
  const known: Record<string, { outcome: string; outputs: Record<string, string> }> = {};
  const files = { output: join(options.temp, `${name}-output`), summary: join(options.temp, `${name}-summary`) };
  writeFileSync(files.summary, '');
  let hasFailed = false;
  for (const step of job.steps) {
    const base = { ...contexts, steps: known };
    const env = filled({ ...workflow.env, ...job.env }, base);
    const about = { ...base, env };
    const asked = step.if === undefined ? true : Boolean(evaluate(step.if, about));
    const title = step.name ?? step.uses ?? '';
    if (!asked || (hasFailed && !/always\(\)|!cancelled\(\)/.test(step.if ?? ''))) {
      steps.push({ job: name, name: title, outcome: 'skipped', output: '' });
      if (step.id !== undefined) known[step.id] = { outcome: 'skipped', outputs: {} };
      continue;
    }
    writeFileSync(files.output, '');
    const { code, output } =
      step.run === undefined
        ? act(step, about)
        : await bash(interpolate(step.run, about), {
            cwd: join(options.workspace, workflow.defaults.run['working-directory']),
            env: { ...env, ...filled(step.env ?? {}, about), ...runnerEnv(options, files), ...options.env },
          });
    const outcome = code === 0 ? 'success' : 'failure';
    if (code !== 0) hasFailed = true;
    steps.push({ job: name, name: title, outcome, output });
    if (step.id !== undefined) known[step.id] = { outcome, outputs: readOutputs(readFileSync(files.output, 'utf8')) };
  }
  const outputs = filled(job.outputs ?? {}, { ...contexts, steps: known });
  return { steps, hasFailed, outputs, summary: readFileSync(files.summary, 'utf8') };
}

function filled(values: Readonly<Record<string, string>>, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, interpolate(String(value), contexts)]),
  );
}

/** The variables that GitHub's runner sets, as far as anybody reads them. */
function runnerEnv(
  { temp, github, workspace }: RunnerOptions,
  files: { readonly output: string; readonly summary: string },
) {
  return {
    ...{ CI: 'true', GITHUB_ACTIONS: 'true', RUNNER_TEMP: temp, GITHUB_WORKSPACE: workspace },
    ...{ GITHUB_ACTOR: String(github.actor), GITHUB_BASE_REF: String(github.base_ref ?? '') },
    ...{
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: String(github.repository),
    },
  };
}

/** An action of GitHub's own: the checkout and the tools are there; files to keep must be. */
function act(
  { uses = '', with: given = {} }: Step,
  contexts: Contexts,
): { readonly code: number; readonly output: string } {
  const [action] = uses.split('@');
  if (['actions/checkout', 'actions/setup-node', 'actions/cache'].includes(action ?? ''))
    return { code: 0, output: '' };
  if (action !== 'actions/upload-artifact') throw new Error(`no such action here: ${uses}`);
  const paths = interpolate(String(given.path), contexts).trim().split('\n');
  const missing = paths.map((path) => path.trim()).filter((path) => !existsSync(path));
  return { code: missing.length > 0 && given['if-no-files-found'] !== 'ignore' ? 1 : 0, output: missing.join('\n') };
}

function readOutputs(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}
