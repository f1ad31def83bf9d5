import { describe, expect, it } from 'vitest';
import { tellRollout } from '../../src/commands/tell-rollout.ts';
import type { Verdict } from '../../src/manifests/rollout/verdict.ts';

const verdict = (ready: number, causes: Verdict['causes'] = []): Verdict => ({
  state: 'going',
  progress: { wanted: 2, ready, old: 0, isDone: false, words: `${ready} of 2 pods ready` },
  causes,
});
const cause = (where: string, message: string): Verdict['causes'][number] => ({
  rule: 'rollout.crash',
  where,
  message,
  hint: '',
  isFinal: false,
  evidence: [],
});

describe('what is said of a rollout', () => {
  it('is each step once and each cause once, and a bar that goes on', () => {
    const lines: string[] = [];
    const bar: string[] = [];
    const teller = tellRollout('Deployment/iris', {
      info: (line) => void lines.push(line),
      progress: (label) => ({
        update: (done, total, words) => void bar.push(`${label} ${done}/${total} ${words}`),
        end: () => void bar.push('end'),
      }),
    });
    teller.tell(verdict(0), 0.2);
    teller.tell(verdict(0, [cause('Pod/a', 'ended with 2')]), 1.6);
    teller.tell(verdict(0, [cause('Pod/a', 'ended with 3'), cause('Pod/b', 'ended with 2')]), 2.6);
    teller.tell(verdict(1, [cause('Pod/b', 'ended with 2')]), 3);
    teller.end();
    expect(lines).toEqual([
      '  0 of 2 pods ready',
      '  Pod/a: ended with 2',
      '  Pod/b: ended with 2',
      '  1 of 2 pods ready',
    ]);
    expect([bar[1], bar.at(-1)]).toEqual(['Deployment/iris 0/2 0 of 2 pods ready, 2 s', 'end']);
  });
});
