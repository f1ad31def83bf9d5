/** What a setting may hold, how it is read, and what people may write. The table itself is `settings-table.ts`. */

/**
 * `bytes` also takes `64MB` or `64MiB`; `duration` is in milliseconds and also takes `30s`, `500ms` or `2m`; `port` is a number or `off`;
 * `text` may be empty where its default is; `urlPath` is the path of a URL, or empty.
 */
export type SettingKind = 'text' | 'choice' | 'integer' | 'bytes' | 'duration' | 'port' | 'urlPath';

export interface Setting {
  readonly path: string;
  readonly kind: SettingKind;
  readonly default: string | number;
  /** Inclusive, for numbers. */
  readonly min: number;
  readonly max: number;
  /** For `choice`. */
  readonly choices: readonly string[];
  /** Whether a model may have its own. */
  readonly perModel: boolean;
  /** Variables with which platforms say it, the first that is set counts. Weaker than the setting's own variable, stronger than the file. */
  readonly platform: readonly string[];
  readonly description: string;
}

/** `limits.bodyBytes` → `MLSERVE_LIMITS_BODY_BYTES`: upper case, dots and humps become underscores. */
export function environmentName(path: string): string {
  return `MLSERVE_${path
    .replaceAll('.', '_')
    .replaceAll(/(?<=[a-z])[A-Z]/g, '_$&')
    .toUpperCase()}`;
}

/** Or nothing. Without query and fragment, as it stands in a request line. */
export const URL_PATH_PATTERN = "^(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]{0,255})?$";
export const BYTES_PATTERN = '^\\d+(\\.\\d+)?\\s?(B|kB|KB|MB|GB|KiB|MiB|GiB)$';
export const DURATION_PATTERN = '^\\d+(\\.\\d+)?\\s?(ms|s|m|h)$';

const URL_PATH = new RegExp(URL_PATH_PATTERN);

const UNITS = new Map<string, number>([
  ...(['B', 'kB', 'MB', 'GB'] as const).map((unit, at) => [unit, 1000 ** at] as const),
  ...(['KiB', 'MiB', 'GiB'] as const).map((unit, at) => [unit, 1024 ** (at + 1)] as const),
  ['KB', 1000],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** What a person may write for a setting, in words. */
export function expectedSetting({ kind, min, max, choices }: Setting): string {
  const range = `from ${min} to ${max}`;
  if (kind === 'text') return 'text';
  if (kind === 'urlPath') return 'the path of a URL, such as /predict, or empty';
  if (kind === 'port') return `off, or a port ${range}`;
  if (kind === 'choice') return `one of ${choices.join(', ')}`;
  if (kind === 'integer') return `an integer ${range}`;
  return kind === 'bytes'
    ? `bytes ${range}, or a size like 64MB or 64MiB`
    : `milliseconds ${range}, or a time like 30s`;
}

/** The value of a setting from what a file, flag or variable says; undefined when it does not fit. */
export function readSetting(setting: Setting, written: unknown): string | number | undefined {
  const { kind, min, max, choices } = setting;
  if (kind === 'text') {
    const isFit = typeof written === 'string' && (isPlainText(written) || written === setting.default);
    return isFit ? written : undefined;
  }
  if (kind === 'urlPath') return typeof written === 'string' && URL_PATH.test(written) ? written : undefined;
  if (kind === 'port' && written === 'off') return written;
  if (kind === 'choice') return typeof written === 'string' && choices.includes(written) ? written : undefined;
  const value = typeof written === 'string' ? measure(written, kind) : written;
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
}

/** One line that is not empty: these end up in headers and socket calls. */
function isPlainText(value: string): boolean {
  return /^\P{Cc}{1,256}$/u.test(value) && value.trim() === value;
}

function measure(written: string, kind: SettingKind): number | undefined {
  if (/^\d+$/.test(written)) return Number(written);
  const pattern = kind === 'bytes' ? BYTES_PATTERN : kind === 'duration' ? DURATION_PATTERN : undefined;
  if (pattern === undefined || !new RegExp(pattern).test(written)) return undefined;
  const unit = written.replace(/^[\d.]+\s?/, '');
  return Math.round(Number.parseFloat(written) * (UNITS.get(unit) ?? Number.NaN));
}
