/** A step of a build → a line for people. Steps that are done stay on the screen. */
import type { BuildEvent } from '../image/build-progress.ts';
import type { Terminal } from '../ports.ts';

export function tellStep(event: BuildEvent, terminal: Pick<Terminal, 'info'>): void {
  const { kind, step } = event;
  if (kind === 'cached') terminal.info(`  ${step} (cached)`);
  if (kind !== 'done') return;
  terminal.info(event.ms === undefined ? `  ${step}` : `  ${step} (${(event.ms / 1000).toFixed(1)} s)`);
}
