import { expect, it } from 'vitest';
import { besideValidation, endWhenValid } from '../../src/commands/beside-validation.ts';

const { signal: never } = new AbortController();
const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const refusal = new Error('the model is another one');
const refusedIn = async (ms: number): Promise<void> => {
  await soon(ms);
  throw refusal;
};

async function* chunks(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

it('gives the result of the work when validation is through, and not before', async () => {
  let isValid = false;
  const valid = soon(20).then(() => {
    isValid = true;
  });
  expect(await besideValidation(valid, never, async () => isValid)).toBe(false);
  expect(isValid).toBe(true);
});

it('ends the work when validation fails, and says why', async () => {
  const ended: string[] = [];
  const work = (signal: AbortSignal): Promise<void> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        ended.push('work');
        reject(new Error('the request was aborted'));
      });
    });
  await expect(besideValidation(refusedIn(5), never, work)).rejects.toBe(refusal);
  expect(ended).toEqual(['work']);
});

it('tells what validation finds before what went wrong with the work meanwhile', async () => {
  const work = async (): Promise<void> => {
    throw new Error('no engine');
  };
  await expect(besideValidation(refusedIn(20), never, work)).rejects.toBe(refusal);
  await expect(besideValidation(soon(5), never, work)).rejects.toThrow('no engine');
});

it('passes the signal of the caller on', async () => {
  const controller = new AbortController();
  const work = (signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.aborted)));
  const done = besideValidation(Promise.resolve(), controller.signal, work);
  controller.abort();
  expect(await done).toBe(true);
});

it('holds the last chunk of an archive back until validation is through', async () => {
  let release = (): void => {};
  const valid = new Promise<void>((resolve) => {
    release = resolve;
  });
  const seen: string[] = [];
  const read = (async () => {
    for await (const chunk of endWhenValid(chunks('head', 'bytes', 'end'), valid)) seen.push(chunk.toString());
  })();
  await soon(5);
  expect(seen).toEqual(['head', 'bytes']);
  release();
  await read;
  expect(seen).toEqual(['head', 'bytes', 'end']);
});

it('never ends an archive of what does not validate', async () => {
  const seen: string[] = [];
  const read = async (): Promise<void> => {
    for await (const chunk of endWhenValid(chunks('head', 'end'), refusedIn(1))) seen.push(chunk.toString());
  };
  await expect(read()).rejects.toBe(refusal);
  expect(seen).toEqual(['head']);
});
