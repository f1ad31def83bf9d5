import { describe, expect, it } from 'vitest';
import { openLog } from '../../src/io/log.ts';
import { testIo } from '../support/test-io.ts';

describe('the log for people', () => {
  it('keeps one message on one line and its control characters from the terminal', async () => {
    const io = testIo('.');
    const log = (await openLog('pretty', {}, io.terminal)).child({ model: 'm\u202e' });
    log.warn('the input "\u001b[31mx"\nerror: forged', { path: 'a\u009b1A' });
    expect(io.stderr()).toBe('warning: m\\u202e: the input "\\u001b[31mx"\\u000aerror: forged path=a\\u009b1A');
  });
});
