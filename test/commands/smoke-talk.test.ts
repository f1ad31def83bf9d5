import { describe, expect, it } from 'vitest';
import { startTalk } from '../../src/commands/smoke-talk.ts';
import type { RunningContainer } from '../../src/image/imaging.ts';

/** A container in which the program answers each question with `line`. */
function containerSaying(line: string): RunningContainer {
  return {
    startedMs: 0,
    port: undefined,
    converse: async () => ({ ask: async () => line, end: () => {} }),
    log: async () => '',
    stop: async () => 0,
    remove: async () => {},
  };
}

describe('a talk with a container', () => {
  it('says nothing of a build where the engine answers in place of the program: the image may have been pulled', async () => {
    const talk = await startTalk(containerSaying('exec: "node": not found'), 'node', new AbortController().signal);
    await expect(talk.wait(1000)).rejects.toMatchObject({
      code: 'SMOKE_FAILED',
      message: 'the image does not work as it should: instead of an answer this came: exec: "node": not found',
    });
  });
});
