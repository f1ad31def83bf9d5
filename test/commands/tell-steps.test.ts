import { describe, expect, it } from 'vitest';
import { tellSteps } from '../../src/commands/tell-steps.ts';

describe('the steps of a build', () => {
  it('stay as lines when they are done, and until then the last that began is said', () => {
    const lines: string[] = [];
    const said: string[] = [];
    const tell = tellSteps({ info: (line) => lines.push(line) }, (words) => said.push(words));
    tell({ kind: 'cached', step: 'FROM base' });
    tell({ kind: 'began', step: 'COPY a /' });
    tell({ kind: 'began', step: 'RUN b' });
    tell({ kind: 'done', step: 'RUN b', ms: 1240 });
    tell({ kind: 'done', step: 'COPY a /', ms: undefined });
    expect(lines).toEqual(['  FROM base (cached)', '  RUN b (1.2 s)', '  COPY a /']);
    expect(said).toEqual(['', 'COPY a /', 'RUN b', 'COPY a /', '']);
  });
});
