/** A locked project × a service of it that is started or found → the run: each request asked once, then all of them at each rate. */
import { hasErrors } from '../issue.ts';
import { findingsOf } from '../load/findings.ts';
import { kneeOf, saturationOf, withinSlo } from '../load/knee.ts';
import type { LoadTarget } from '../load/load.ts';
import type { LoadRun } from '../load/run.ts';
import type { Io } from '../ports.ts';
import { VERSION } from '../version.ts';
import type { BenchOptions, BenchSettings } from './bench-flags.ts';
import { askOnce, benchCases } from './bench-requests.ts';
import { sweep } from './bench-sweep.ts';
import { openBenchTarget } from './bench-target.ts';
import { interruptible } from './interruptible.ts';
import type { Project } from './project.ts';
import { restAsked } from './test-target.ts';

/** Leaves nothing running, also when it is interrupted. */
export async function runLoad(
  project: Project,
  options: BenchOptions,
  settings: BenchSettings & { readonly seed: number },
  io: Io,
): Promise<LoadRun> {
  const { dir, spec, lock } = project;
  const { durationMs, warmupMs, timeoutMs, seed } = settings;
  const ca = options.ca === undefined ? undefined : await io.files.readText(options.ca);
  const apiKey = options.apiKey ?? io.env.MLSERVE_API_KEY;
  const load = await io.load();
  return interruptible(io, async (signal) => {
    const target = await openBenchTarget(project, { url: settings.url, image: options.image, signal }, io);
    const { kind, name, url, models } = target;
    try {
      const gathered = await benchCases({ dir, spec, models, signal }, options, io);
      const once = await askOnce(gathered.cases, restAsked(url, { apiKey, ca, timeoutMs, signal }, io), name);
      const before = [...gathered.issues, ...once.issues];
      const sloMs = Math.min(...models.map((each) => each.spec.slo.p99Ms));
      const startedAt = new Date(io.clock.now()).toISOString();
      const loaded: LoadTarget = { url, headers: headersOf(apiKey), ca, timeoutMs, signal };
      const wanted = { requests: once.requests, target, settings, seed, sloMs };
      const rates = hasErrors(before) ? [] : await sweep(await load.sender(loaded), wanted, io);
      return {
        service: { name: spec.name, version: spec.version },
        target: { kind, name },
        models: once.models,
        runtime: lock?.runtime.version ?? '',
        ...{ mlserve: VERSION, startedAt },
        machine: { cpu: load.cpu, cpus: await io.cpus(), platform: io.machine.platform },
        load: { requests: once.requests.length, seed, durationMs, warmupMs, timeoutMs },
        ...{ sloMs, rates },
        saturation: saturationOf(rates, durationMs),
        knee: kneeOf(rates, durationMs),
        withinSlo: withinSlo(rates, durationMs, sloMs),
        comparison: null,
        issues: [...before, ...findingsOf(rates, name)],
      };
    } finally {
      await target.close();
    }
  });
}

function headersOf(apiKey: string | undefined): Readonly<Record<string, string>> {
  const all = { 'content-type': 'application/json', accept: 'application/json' };
  return apiKey === undefined ? all : { ...all, authorization: `Bearer ${apiKey}` };
}
