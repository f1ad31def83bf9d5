/** The command line that the page of a load shows. */
import { describe, expect, it } from 'vitest';
import { benchCommand } from '../../src/commands/bench-command.ts';

const DEFAULTS = { project: '.', duration: '5s', timeout: '30s', measure: false, threshold: '10%' };

describe('the command of a load', () => {
  it('can be repeated as it stands', () => {
    expect(benchCommand({ ...DEFAULTS, rates: '100,200', file: "a row's.csv", measure: true })).toBe(
      "mlserve bench . --file 'a row'\\''s.csv' --rates 100,200 --duration 5s --timeout 30s --measure",
    );
    expect(benchCommand({ ...DEFAULTS, baseline: 'run.json' })).toContain('--baseline run.json --threshold 10%');
  });

  it('tells no key and no password', () => {
    const text = benchCommand({ ...DEFAULTS, apiKey: 'mlk_secret', url: 'https://ada:secret@fraud.example.com/v1/' });
    expect(text).toContain('--url https://fraud.example.com/v1 ');
    expect(text).not.toContain('secret');
  });
});
