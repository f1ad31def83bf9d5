/** The table of rules, its documentation, and that every rule is seen to fire somewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderRulesDoc } from '../../../src/model/rules/render-table.ts';
import { RULES } from '../../../src/model/rules/table.ts';
import { readProvenance } from '../../support/fixtures.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('the table of rules', () => {
  it('is what docs/rules.md says; "npm run docs" writes it', () => {
    expect(readFileSync(join(ROOT, 'docs/rules.md'), 'utf8')).toBe(renderRulesDoc());
  });

  it('has a hostile fixture or a test for every rule', () => {
    const fixtures = Object.values(readProvenance('hostile')).flatMap((entry) => entry.expectedRules ?? []);
    const rules = readFileSync(join(ROOT, 'test/model/rules/judge.test.ts'), 'utf8');
    const probe = readFileSync(join(ROOT, 'test/e2e/hostile.test.ts'), 'utf8');
    const seen = (id: string) => fixtures.includes(id) || rules.includes(`'${id}'`) || probe.includes(`'${id}'`);
    expect(Object.keys(RULES).filter((id) => !seen(id))).toEqual([]);
  });

  it('holds every id that the code speaks of', () => {
    const src = join(ROOT, 'src');
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const ids = files.flatMap((name) => readFileSync(join(src, name), 'utf8').match(/\bMSV\d{3}\b/g) ?? []);
    expect([...new Set(ids)].filter((id) => !(id in RULES))).toEqual([]);
  });
});
