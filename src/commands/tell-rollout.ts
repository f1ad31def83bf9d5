/** How a rollout gets on → lines for people, each once, and a bar where there is a terminal. */
import type { Verdict } from '../manifests/rollout/verdict.ts';
import type { Terminal } from '../ports.ts';

export interface RolloutTeller {
  tell(verdict: Verdict, seconds: number): void;
  end(): void;
}

export function tellRollout(label: string, terminal: Pick<Terminal, 'info' | 'progress'>): RolloutTeller {
  const bar = terminal.progress(label);
  const told = new Set<string>();
  let words: string | undefined;
  return {
    tell({ progress, causes }, seconds) {
      if (progress.words !== words) terminal.info(`  ${progress.words}`);
      words = progress.words;
      for (const { where, rule, message } of causes) {
        // A container that ends again and again is one line.
        const key = `${where} ${rule}`;
        if (!told.has(key)) terminal.info(`  ${where}: ${message}`);
        told.add(key);
      }
      bar.update(progress.ready, progress.wanted, `${progress.words}, ${Math.round(seconds)} s`);
    },
    end: () => bar.end(),
  };
}
