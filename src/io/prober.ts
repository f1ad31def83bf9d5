/** Probe request → its result, from a separate process that is killed on overrun. See `probe-child.ts` for the other side. */
import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { ProbeRequest, Prober } from '../ports.ts';
import { runGuarded } from './guarded-process.ts';
import type { ProbeOrder, ProbeReport } from './probe-child.ts';
import { findRuntime } from './runtime-files.ts';

// The child runs compiled code also when this file runs from `src` (under the test runner).
const CHILD = fileURLToPath(new URL('../../dist/io/probe-child.js', import.meta.url));

/** Paths of requests are relative to `cwd`. Rejects with RUNTIME_UNSUPPORTED alone. */
export function realProber(cwd: string = process.cwd()): Prober {
  return {
    async probe(request: ProbeRequest) {
      const { folder } = findRuntime();
      const order: ProbeOrder = { ...request, path: resolve(cwd, request.path), runtimeFolder: folder };
      return runGuarded<ProbeReport>(CHILD, order, 'to try the model');
    },
  };
}
