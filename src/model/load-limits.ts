/** Bytes of a model → the time and memory that a load and one run may take when nobody has declared them. */

export interface LoadLimits {
  readonly timeoutMs: number;
  readonly memoryBytes: number;
}

/** Small models load in milliseconds; what a large one needs grows with its bytes: disk and copies while optimizing. */
const BASE_MS = 3_000;
const MS_PER_MEBIBYTE = 20;
const BASE_BYTES = 2 * 2 ** 30;
const COPIES = 3;

/** Limits as a service declares them, where 0 means: as the size of the model demands. */
export function declaredLoadLimits(declared: {
  readonly loadTimeoutMs: number;
  readonly loadMemoryBytes: number;
}): Partial<LoadLimits> {
  const { loadTimeoutMs, loadMemoryBytes } = declared;
  return {
    ...(loadTimeoutMs > 0 ? { timeoutMs: loadTimeoutMs } : {}),
    ...(loadMemoryBytes > 0 ? { memoryBytes: loadMemoryBytes } : {}),
  };
}

/** `bytes` of the model file and its external data. */
export function defaultLoadLimits(bytes: number): LoadLimits {
  return {
    timeoutMs: BASE_MS + Math.ceil((bytes / 2 ** 20) * MS_PER_MEBIBYTE),
    memoryBytes: BASE_BYTES + COPIES * bytes,
  };
}
