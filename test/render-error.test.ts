import { describe, expect, it } from 'vitest';
import { MlserveError } from '../src/errors.ts';
import { renderIssues } from '../src/issue.ts';
import { errorJson, formatError } from '../src/render-error.ts';
import { actionRunner } from '../src/run-command.ts';
import { visible, visibleLines } from '../src/visible.ts';
import { testIo } from './support/test-io.ts';

/** A colour, the one-character CSI, an override of the reading direction, and a line end. */
const HOSTILE = 'a\u001b[31m\u009b1A\u202ecod\nerror: forged';
const SHOWN = 'a\\u001b[31m\\u009b1A\\u202ecod\\u000aerror: forged';

describe('text out of files', () => {
  it('is shown with its control characters spelled out', () => {
    expect(visible(HOSTILE)).toBe(SHOWN);
    expect(visibleLines('one\r\ntwo\u061c')).toBe('one\\u000d\ntwo\\u061c');
    expect(visible('Zürich 東京 🙂')).toBe('Zürich 東京 🙂');
  });

  it('keeps its meaning inside JSON', () => {
    const value = { 'k\u202e': 'v\u009b\u007f' };
    expect(JSON.parse(visible(JSON.stringify(value)))).toEqual(value);
  });

  it('does nothing to the terminal from any part of a finding', () => {
    const text = renderIssues([
      { rule: 'model.x', severity: 'error', where: HOSTILE, message: HOSTILE, hint: HOSTILE },
    ]);
    expect(text).toBe(`  error model.x ${SHOWN}: ${SHOWN}\n      fix: ${SHOWN}`);
  });

  it('does nothing to the terminal from any part of an error', () => {
    const text = formatError(new MlserveError('MODEL_INVALID', HOSTILE, { where: HOSTILE, hint: HOSTILE }));
    expect(text).toBe(`error: ${SHOWN} [MODEL_INVALID]\n  at: ${SHOWN}\n  fix: ${SHOWN}`);
  });

  it('does nothing to the terminal from a result, as text or as JSON', async () => {
    const io = testIo('.');
    const act = actionRunner(io, { words: [] }, () => {});
    await act(
      {},
      async () => ({ name: HOSTILE }),
      ({ name }) => `name: ${name}`,
    );
    await act(
      { json: true },
      async () => ({ name: HOSTILE }),
      () => '',
    );
    const lines = io.stdout().split('\n');
    expect(lines.slice(0, 2)).toEqual(['name: a\\u001b[31m\\u009b1A\\u202ecod', 'error: forged']);
    for (const bad of ['\u001b', '\u009b', '\u202e']) expect(io.stdout()).not.toContain(bad);
    expect(JSON.parse(lines.slice(2).join('\n'))).toEqual({ name: HOSTILE });
  });
});

describe('an error as JSON', () => {
  it('holds what is wrong, where, what to do and the findings', () => {
    const issues = [{ rule: 'r', severity: 'error', where: 'w', message: 'm' }] as const;
    expect(errorJson(new MlserveError('LOCK_MISMATCH', 'differs', { where: 'a', hint: 'b', issues }))).toEqual({
      error: { code: 'LOCK_MISMATCH', message: 'differs', where: 'a', hint: 'b', issues },
    });
  });

  it('of a bug has the stack and where to report it', () => {
    const { error } = errorJson(new TypeError('x is not a function'));
    expect(error).toMatchObject({ code: 'INTERNAL', message: 'x is not a function', issues: [] });
    expect(error.stack).toContain('render-error.test.ts');
    expect(error.hint).toContain('report it');
    expect(errorJson('thrown text').error).toMatchObject({ message: 'thrown text', stack: 'thrown text' });
  });
});

describe('an error as text', () => {
  it('keeps the lines of a complaint about the command line', () => {
    expect(formatError(new MlserveError('USAGE', "unknown command 'servee'\n(Did you mean serve?)"))).toBe(
      "error: unknown command 'servee'\n(Did you mean serve?) [USAGE]",
    );
  });

  it('of a bug shows the stack line by line', () => {
    const text = formatError(new TypeError('bad \u001b[31m'));
    expect(text).toContain('[INTERNAL]\nTypeError: bad \\u001b[31m\n    at ');
  });
});
