/** Who decides about colour, spinners and prompts: the flags, the environment and the streams, in one table. */
import { describe, expect, it } from 'vitest';
import { decidePresentation, type Surroundings } from '../../src/io/presentation.ts';

const TTY = { stdinIsTTY: true, stdoutIsTTY: true, stderrIsTTY: true };
const decide = (more: Partial<Surroundings> = {}) => decidePresentation({ argv: [], env: {}, ...TTY, ...more });

describe('the presentation', () => {
  it('on a terminal has colour, spinners and prompts', () => {
    expect(decide()).toEqual({ isInteractive: true, hasColor: true, isAnimated: true, isQuiet: false });
  });

  it('in pipes has none of them', () => {
    const piped = { stdinIsTTY: false, stdoutIsTTY: false, stderrIsTTY: false };
    expect(decide(piped)).toEqual({ isInteractive: false, hasColor: false, isAnimated: false, isQuiet: false });
  });

  it.each([
    [{ NO_COLOR: '1' }, { hasColor: false, isAnimated: true }],
    [{ NO_COLOR: '' }, { hasColor: true }],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, { hasColor: true }],
    [{ FORCE_COLOR: '0' }, { hasColor: false }],
    [{ CI: 'true' }, { isInteractive: false, isAnimated: false }],
    [{ CI: 'false' }, { isInteractive: true, isAnimated: true }],
    [{ TERM: 'dumb' }, { hasColor: false, isAnimated: false }],
  ])('with %j is %j', (env, expected) => {
    expect(decide({ env })).toMatchObject(expected);
  });

  it.each([
    [['serve', '--quiet'], { isQuiet: true, isAnimated: false, isInteractive: true }],
    [['inspect', '--json'], { isQuiet: true, isAnimated: false, isInteractive: false, hasColor: false }],
    [['init', '--yes'], { isInteractive: false, isAnimated: true }],
    [['predict', '--', '--json'], { isQuiet: false, hasColor: true }],
  ])('with %j is %j', (argv, expected) => {
    expect(decide({ argv })).toMatchObject(expected);
  });

  it('keeps prompts when only stdout is a pipe', () => {
    expect(decide({ stdoutIsTTY: false })).toMatchObject({ isInteractive: true, hasColor: false });
  });
});
