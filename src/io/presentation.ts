/** argv × environment × streams → how to talk to people: colour, spinner, prompts, silence. The one place that decides. Pure. */

export interface Surroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdinIsTTY: boolean;
  readonly stdoutIsTTY: boolean;
  readonly stderrIsTTY: boolean;
}

export interface Presentation {
  /** Questions may be asked: stdin and stderr are terminals, and neither `--yes`, `--json` nor CI says otherwise. */
  readonly isInteractive: boolean;
  /** stdout may carry escape codes. FORCE_COLOR beats NO_COLOR (force-color.org), NO_COLOR beats the terminal (no-color.org). */
  readonly hasColor: boolean;
  /** Spinners and progress bars are drawn on stderr. */
  readonly isAnimated: boolean;
  /** Lines for people are dropped; warnings and errors stay. */
  readonly isQuiet: boolean;
}

export function decidePresentation({ argv, env, ...tty }: Surroundings): Presentation {
  const flags = new Set(argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined));
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  const inCi = isSet('CI') && env.CI !== 'false' && env.CI !== '0';
  const isQuiet = flags.has('--quiet') || flags.has('--json');
  const isDumb = env.TERM === 'dumb';
  const forced = isSet('FORCE_COLOR') ? env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false' : undefined;
  return {
    isInteractive: tty.stdinIsTTY && tty.stderrIsTTY && !inCi && !flags.has('--json') && !flags.has('--yes'),
    hasColor: !flags.has('--json') && (forced ?? (tty.stdoutIsTTY && !isSet('NO_COLOR') && !isDumb)),
    isAnimated: tty.stderrIsTTY && !inCi && !isQuiet && !isDumb,
    isQuiet,
  };
}
