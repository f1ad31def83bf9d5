/** Platform × installed files → the `Runtime` port over onnxruntime-node. Native code is loaded with the first inline session. */
import type { Runtime } from '../ports.ts';
import { loadOrtSession } from './ort-session.ts';
import { findRuntime } from './runtime-files.ts';
import { loadWorkerSession } from './worker-session.ts';

/** Throws RUNTIME_UNSUPPORTED. Models are always loaded by path, so that external data is found beside them. */
export function realRuntime(): Runtime {
  const { folder, version } = findRuntime();
  return {
    version,
    loadInline: (path, options) => loadOrtSession(folder, path, options),
    loadInWorker: (path, options, onDeath) => loadWorkerSession(folder, path, options, onDeath),
  };
}
