/** The flags of `mlserve bench` → numbers, or USAGE for what cannot be understood or makes no sense together. Pure. */
import { MlserveError } from '../errors.ts';
import { readRates } from '../load/sweep-rates.ts';
import type { InputFormat } from '../service/rows/read-rows.ts';
import { baseUrl } from './base-url.ts';
import { measureDuration } from './measure-duration.ts';
import { readTimeout } from './read-timeout.ts';

export interface BenchOptions {
  /** The project folder, relative to `io.cwd`. */
  readonly project: string;
  readonly url?: string | undefined;
  readonly image?: string | undefined;
  readonly model?: string | undefined;
  /** Rows in place of the golden examples. */
  readonly file?: string | undefined;
  readonly inputFormat?: InputFormat | undefined;
  readonly rates?: string | undefined;
  readonly duration: string;
  readonly timeout: string;
  readonly apiKey?: string | undefined;
  readonly ca?: string | undefined;
  /** Do what `mlserve measure` does as well. */
  readonly measure: boolean;
  readonly output?: string | undefined;
  readonly html?: string | undefined;
  readonly baseline?: string | undefined;
  readonly threshold: string;
}

export interface BenchSettings {
  readonly url: string | undefined;
  /** Undefined: to be found out. */
  readonly rates: readonly number[] | undefined;
  readonly durationMs: number;
  readonly warmupMs: number;
  readonly timeoutMs: number;
  /** A part: 0.1 of `10%`. */
  readonly threshold: number;
}

const LONGEST_WARMUP_MS = 1000;
/** More than that no machine keeps in memory, and none sends. */
const MOST_REQUESTS = 10_000_000;

export function readBenchFlags(options: BenchOptions): BenchSettings {
  const { url, image, measure, file, inputFormat } = options;
  if (url !== undefined && image !== undefined) throw wrong('--url and --image are two services', 'give one of them');
  if (measure && (url !== undefined || image !== undefined)) {
    throw wrong('--measure is about the models of the project on this machine', 'leave out --url and --image');
  }
  if (inputFormat !== undefined && file === undefined) throw wrong('--input-format is about rows', 'add --file');
  const durationMs = measureDuration(options.duration);
  const rates = options.rates === undefined ? undefined : readRates(options.rates);
  if ((rates?.at(-1) ?? 0) * durationMs > MOST_REQUESTS * 1000) {
    throw wrong(`a rate has more than ${MOST_REQUESTS} requests`, 'give lower --rates, or a shorter --duration');
  }
  return {
    url: url === undefined ? undefined : baseUrl(url),
    rates,
    durationMs,
    warmupMs: Math.min(LONGEST_WARMUP_MS, durationMs / 5),
    timeoutMs: readTimeout(options.timeout),
    threshold: readThreshold(options.threshold),
  };
}

function readThreshold(text: string): number {
  const [, number] = /^(\d{1,4}(?:\.\d+)?)\s?%$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) / 100;
  throw wrong(
    `--threshold must be a percentage like 10%, not ${JSON.stringify(text)}`,
    'a figure may be worse by that',
  );
}

function wrong(message: string, hint: string): MlserveError {
  return new MlserveError('USAGE', message, { hint });
}
