/** The answer of an engine to long work, JSON objects one a line → the objects, as they come. */
import type { Readable } from 'node:stream';

export async function* messagesOf<T>(answer: Readable): AsyncIterable<T> {
  let rest = '';
  for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T;
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as T;
}

/** What pulls and pushes say. */
export interface TransferMessage {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly aux?: { readonly Digest?: string };
}

/** Adds up the layers of a transfer. Throws what the engine says went wrong, as a plain error; gives back the digest if one was named. */
export async function followTransfer(
  answer: Readable,
  onProgress: (done: number, total: number) => void,
): Promise<string | undefined> {
  const layers = new Map<string, { done: number; total: number }>();
  let digest: string | undefined;
  for await (const { id = '', error, errorDetail, progressDetail, status = '', aux } of messagesOf<TransferMessage>(
    answer,
  )) {
    if (error !== undefined || errorDetail !== undefined) throw new Error(errorDetail?.message ?? error);
    digest = aux?.Digest ?? /\bdigest: (sha256:\w+)/i.exec(status)?.[1] ?? digest;
    const { current = 0, total = 0 } = progressDetail ?? {};
    // Unpacking counts the same bytes again.
    if (total === 0 || /^Extracting/.test(status)) continue;
    layers.set(id, { done: Math.min(current, total), total });
    const sums = [...layers.values()].reduce((sum, each) => ({
      done: sum.done + each.done,
      total: sum.total + each.total,
    }));
    onProgress(sums.done, sums.total);
  }
  return digest;
}
