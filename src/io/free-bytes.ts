/** Bytes of which nothing is needed any more → their memory, given back at once: left to the garbage collector, large bodies are what makes it run. */

/** Smaller ones are not worth the call. */
export const SMALLEST_FREED = 16_384;

/** Before or behind them, so that they are aligned; the pool of Node holds more than that besides. */
const MOST_PADDING = 8;

/** They are empty afterwards, where Node can do that (from 21) and where they are alone in their memory; else nothing happens. */
export function freeBytes({ byteLength, buffer }: ArrayBufferView): void {
  if (buffer.byteLength - byteLength <= MOST_PADDING) freeBuffer(buffer);
}

/** As `freeBytes`, whatever lies in it. */
export function freeBuffer(buffer: ArrayBufferLike): void {
  if (buffer.byteLength < SMALLEST_FREED) return;
  (buffer as { transfer?(length: number): unknown }).transfer?.(0);
}
