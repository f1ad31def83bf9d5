/**
 * The one table of the service's settings: path in `mlserve.yaml`, kind, bounds, default and what it does. The JSON Schema, the
 * environment variables, `resolve.ts` and docs/config.md are made from it.
 */

/** `bytes` also takes `64MB` or `64MiB`; `duration` is in milliseconds and also takes `30s`, `500ms` or `2m`. */
export type SettingKind = 'text' | 'choice' | 'integer' | 'bytes' | 'duration';

export interface Setting {
  readonly path: string;
  readonly kind: SettingKind;
  readonly default: string | number;
  /** Inclusive, for numbers. */
  readonly min: number;
  readonly max: number;
  /** For `choice`. */
  readonly choices: readonly string[];
  readonly description: string;
}

const MIB = 2 ** 20;
const DAY_MS = 86_400_000;

const text = (path: string, value: string, description: string): Setting => ({
  ...{ path, kind: 'text', default: value, min: 0, max: 0, choices: [], description },
});

const number = (
  [path, kind]: readonly [string, SettingKind],
  value: number,
  [min, max]: readonly [number, number],
  description: string,
): Setting => ({ path, kind, default: value, min, max, choices: [], description });

export const SETTINGS: readonly Setting[] = [
  text('server.host', '127.0.0.1', 'Address to listen on; 0.0.0.0 for every network.'),
  number(['server.port', 'integer'], 8080, [0, 65_535], 'HTTP port; 0 picks a free one.'),
  text('server.name', 'mlserve', 'Name in the answer of GET /v2.'),
  {
    path: 'engine.mode',
    kind: 'choice',
    default: 'auto',
    min: 0,
    max: 0,
    choices: ['auto', 'inline', 'worker'],
    description: 'Where models run: in worker threads, inline for very short runs, or decided by the warm-up.',
  },
  number(['engine.instances', 'integer'], 1, [1, 256], 'Sessions of each model.'),
  number(['engine.threads', 'integer'], 0, [0, 1024], 'Threads of one session; 0 shares out the CPU limit.'),
  number(
    ['batching.maxRows', 'integer'],
    64,
    [1, 1_000_000],
    'Most rows of waiting requests that share a run; 1: none do. A request may carry more. Also the rows that warm-up, the estimate of memory and "mlserve predict" run at once.',
  ),
  number(['limits.bodyBytes', 'bytes'], 16 * MIB, [1024, 2 ** 31], 'Largest request body.'),
  number(['limits.jsonDepth', 'integer'], 32, [4, 1000], 'Deepest nesting of a JSON body.'),
  number(['limits.rowsPerRequest', 'integer'], 10_000, [1, 10_000_000], 'Most rows in one request.'),
  number(
    ['limits.queueRows', 'integer'],
    20_000,
    [1, 100_000_000],
    'Most rows waiting for one model; past it the answer is 503. At least limits.rowsPerRequest.',
  ),
  number(
    ['limits.queueBytes', 'bytes'],
    256 * MIB,
    [1024, 2 ** 40],
    'Most bytes of request bodies that are received or wait for their answer; past it the answer is 503. At least limits.bodyBytes.',
  ),
  number(
    ['limits.connections', 'integer'],
    10_000,
    [1, 1_000_000],
    'Most open connections; past it new ones are closed unanswered.',
  ),
  number(['limits.headersTimeoutMs', 'duration'], 10_000, [100, DAY_MS], 'Time to receive the headers of a request.'),
  number(
    ['limits.requestTimeoutMs', 'duration'],
    30_000,
    [100, DAY_MS],
    'Time to receive a request (else 408); and, counted anew from then on, time it may wait for its run (else 504). The run itself is not limited.',
  ),
  number(
    ['limits.loadTimeoutMs', 'duration'],
    0,
    [0, DAY_MS],
    'Time that a load and one run may take in "mlserve validate"; 0 derives it from the size of the model.',
  ),
  number(
    ['limits.loadMemoryBytes', 'bytes'],
    0,
    [0, 2 ** 50],
    'Memory that a load and one run may take in "mlserve validate"; 0 derives it from the size of the model.',
  ),
  number(
    ['drain.delayMs', 'duration'],
    0,
    [0, 600_000],
    'Time between "not ready" and closing the port, so that load balancers notice.',
  ),
  number(['drain.timeoutMs', 'duration'], 25_000, [0, 3_600_000], 'Time that requests in flight have to finish.'),
];

/** `limits.bodyBytes` → `MLSERVE_LIMITS_BODY_BYTES`: upper case, dots and humps become underscores. */
export function environmentName(path: string): string {
  return `MLSERVE_${path
    .replaceAll('.', '_')
    .replaceAll(/(?<=[a-z])[A-Z]/g, '_$&')
    .toUpperCase()}`;
}

export const BYTES_PATTERN = '^\\d+(\\.\\d+)?\\s?(B|kB|KB|MB|GB|KiB|MiB|GiB)$';
export const DURATION_PATTERN = '^\\d+(\\.\\d+)?\\s?(ms|s|m|h)$';

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
  if (kind === 'choice') return `one of ${choices.join(', ')}`;
  if (kind === 'integer') return `an integer ${range}`;
  return kind === 'bytes'
    ? `bytes ${range}, or a size like 64MB or 64MiB`
    : `milliseconds ${range}, or a time like 30s`;
}

/** The value of a setting from what a file, flag or variable says; undefined when it does not fit. */
export function readSetting(setting: Setting, written: unknown): string | number | undefined {
  const { kind, min, max, choices } = setting;
  if (kind === 'text') return typeof written === 'string' && isPlainText(written) ? written : undefined;
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
