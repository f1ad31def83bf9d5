/** Bytes of which nothing is needed any more → their memory, given back at once: left to the garbage collector, large bodies are what makes it run. */

/** Smaller ones are not worth the call. */
export const SMALLEST_FREED = 16_384;

/** They are empty afterwards, where Node can do that (from 21) and where they are alone in their memory; else nothing happens. */
export function freeBytes(bytes: Uint8Array): void {
  if (bytes.length < SMALLEST_FREED || bytes.length !== bytes.buffer.byteLength) return;
  (bytes.buffer as { transfer?(length: number): unknown }).transfer?.(0);
}
