/** A running service × its project → models loaded again whenever their files, the configuration or the lock change (`serve --watch`). */
import { MlserveError } from '../errors.ts';
import type { Files, Log } from '../ports.ts';
import { formatError } from '../render-error.ts';
import type { ModelControls } from './model-control.ts';
import { watchProject } from './watch-project.ts';

export interface Followed {
  /** Absolute path of the project. */
  readonly dir: string;
  /** Undefined: nothing can be loaded again, so nothing is followed. */
  readonly control: ModelControls | undefined;
  readonly files: Files;
  readonly log: Log;
}

/** A change that cannot be served is logged with what to do, and leaves what serves. Returns the function that stops it. */
export function followFiles({ dir, control, files, log }: Followed): () => void {
  if (control === undefined) return () => {};
  const onChange = async (): Promise<void> => {
    try {
      const loaded = await control.loadChanged();
      if (loaded.length === 0) log.info('files changed, and the models are still the same');
    } catch (error) {
      const reason = error instanceof MlserveError ? formatError(error) : String(error);
      log.error('models not loaded again, so the old ones still answer', { reason });
    }
  };
  return watchProject({ dir, modelFiles: () => control.files(), files, onChange });
}
