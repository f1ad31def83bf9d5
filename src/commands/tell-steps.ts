/** The steps of a build, as they begin and end → lines for people: those that are done stay on the screen, the last that runs is said with the spinner. */
import type { BuildEvent } from '../image/build-progress.ts';
import type { Terminal } from '../ports.ts';

export function tellSteps(terminal: Pick<Terminal, 'info'>, now: (words: string) => void): (event: BuildEvent) => void {
  const running = new Set<string>();
  return (event) => {
    const { kind, step } = event;
    if (kind === 'began') running.add(step);
    else running.delete(step);
    now([...running].at(-1) ?? '');
    if (kind === 'cached') terminal.info(`  ${step} (cached)`);
    if (kind !== 'done') return;
    terminal.info(event.ms === undefined ? `  ${step}` : `  ${step} (${(event.ms / 1000).toFixed(1)} s)`);
  };
}
