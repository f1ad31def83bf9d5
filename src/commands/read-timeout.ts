/** The text of `--timeout` → milliseconds. Pure. */
import { MlserveError } from '../errors.ts';
import { readSetting } from '../service/settings.ts';

/** Milliseconds. Throws USAGE. */
export function readTimeout(text: string): number {
  const setting = {
    path: 'timeout',
    kind: 'duration',
    default: 0,
    choices: [],
    description: '',
    perModel: false,
    platform: [],
  } as const;
  const value = readSetting({ ...setting, min: 1, max: 3_600_000 }, text);
  if (typeof value === 'number') return value;
  throw new MlserveError('USAGE', `--timeout must be a time like 5s or 500ms, not ${JSON.stringify(text)}`);
}
