/** Work × a validation that goes on meanwhile → its result when both are well. What validation finds ends the work, and is told before all else. */

/** The work is handed a signal that is given when validation fails, too. */
export async function besideValidation<T>(
  valid: Promise<void>,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const refused = new AbortController();
  const refusal = new Promise<never>((_, reject) => {
    valid.catch((error: unknown) => {
      reject(error);
      refused.abort();
    });
  });
  try {
    const done = await Promise.race([work(AbortSignal.any([signal, refused.signal])), refusal]);
    await valid;
    return done;
  } catch (error) {
    await valid;
    throw error;
  }
}

/** The archive of a context, whose end comes when validation is through: without it an engine builds nothing. */
export async function* endWhenValid(
  archive: AsyncIterable<Uint8Array>,
  valid: Promise<void>,
): AsyncIterable<Uint8Array> {
  let last: Uint8Array | undefined;
  for await (const chunk of archive) {
    if (last !== undefined) yield last;
    last = chunk;
  }
  await valid;
  if (last !== undefined) yield last;
}
