/** The order of a shutdown and its two hard ends, with a clock that the test turns. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { untilStopped } from '../../src/commands/shutdown.ts';
import { makeGate, memoryLog } from '../support/fake-runtime.ts';

interface Made {
  readonly events: string[];
  readonly stopped: Promise<void>;
  signal(name: 'SIGTERM' | 'SIGINT'): void;
  /** Lets `close` finish. */
  finish(): void;
}

function make(delayMs: number, timeoutMs: number): Made {
  const events: string[] = [];
  const { gate, open } = makeGate();
  let listener: ((signal: 'SIGTERM' | 'SIGINT') => void) | undefined;
  const io = {
    onSignal: (next: typeof listener) => {
      listener = next;
      return () => {
        listener = undefined;
        events.push('stopped listening');
      };
    },
    terminate: (code: number) => void events.push(`terminate ${code}`),
    clock: { now: () => Date.now(), monotonic: () => Date.now() },
  };
  const steps = {
    drain: () => void events.push('drain'),
    close: (ms: number) => {
      events.push(`close ${ms}`);
      return gate;
    },
  };
  const stopped = untilStopped(io, { delayMs, timeoutMs }, steps, memoryLog());
  return { events, stopped, signal: (name) => listener?.(name), finish: open };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a shutdown', () => {
  it('turns readiness off at once, serves on for the delay, then closes', async () => {
    const { events, stopped, signal, finish } = make(5000, 1000);
    expect(events).toEqual([]);
    signal('SIGTERM');
    expect(events).toEqual(['drain']);
    await vi.advanceTimersByTimeAsync(4999);
    expect(events).toEqual(['drain']);
    await vi.advanceTimersByTimeAsync(1);
    expect(events).toEqual(['drain', 'close 1000']);
    finish();
    await stopped;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events).toEqual(['drain', 'close 1000', 'stopped listening']);
  });

  it('ends at once with 130 at a second signal, which the echo of the first is not', async () => {
    const { events, signal } = make(5000, 1000);
    signal('SIGINT');
    await vi.advanceTimersByTimeAsync(100);
    signal('SIGINT');
    expect(events).toEqual(['drain']);
    await vi.advanceTimersByTimeAsync(101);
    signal('SIGINT');
    expect(events).toEqual(['drain', 'terminate 130']);
  });

  it('ends hard when closing hangs', async () => {
    const { events, signal } = make(500, 1000);
    signal('SIGTERM');
    await vi.advanceTimersByTimeAsync(3499);
    expect(events).toEqual(['drain', 'close 1000']);
    await vi.advanceTimersByTimeAsync(1);
    expect(events).toEqual(['drain', 'close 1000', 'terminate 2']);
  });
});
