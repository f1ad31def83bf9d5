/** `--duration` as it is written → milliseconds. */
import { MlserveError } from '../errors.ts';
import { readSetting, type Setting } from '../service/settings.ts';

const DEFAULT_MS = 10_000;
const [MIN_MS, MAX_MS] = [100, 3_600_000];

const SETTING: Setting = {
  ...{ path: '--duration', kind: 'duration', default: DEFAULT_MS, min: MIN_MS, max: MAX_MS, choices: [] },
  ...{ perModel: false, platform: [], description: '' },
};

/** Throws USAGE. */
export function measureDuration(written: string | undefined): number {
  if (written === undefined) return DEFAULT_MS;
  const value = readSetting(SETTING, written);
  if (typeof value === 'number') return value;
  throw new MlserveError('USAGE', `"${written}" is not a duration from 100ms to 1h`, {
    where: '--duration',
    hint: 'write milliseconds, or a time like 10s',
  });
}
