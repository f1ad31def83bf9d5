import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withSettingsTable } from '../../src/service/render-settings.ts';
import { SCHEMA, schemaText } from '../../src/service/schema.ts';
import { SETTINGS } from '../../src/service/settings-table.ts';

const read = (path: string): string => readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8');

describe('the JSON Schema', () => {
  it('is what schema/mlserve.schema.json holds; "npm run docs" writes it', () => {
    expect(read('schema/mlserve.schema.json')).toBe(schemaText());
  });

  it('describes every key, and closes every mapping', () => {
    const visit = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { properties, additionalProperties } = schema as Record<string, unknown>;
      if (properties !== undefined) {
        expect([path, additionalProperties]).toEqual([path, false]);
        for (const [key, member] of Object.entries(properties as Record<string, { description?: string }>)) {
          if (key !== 'impute')
            expect([`${path}.${key}`, typeof member.description]).toEqual([`${path}.${key}`, 'string']);
        }
      }
      for (const [key, member] of Object.entries(schema)) visit(member, `${path}.${key}`);
    };
    visit(SCHEMA, '');
  });

  it('has the defaults of the settings', () => {
    const { properties } = SCHEMA as {
      properties: Record<string, { properties: Record<string, { default: unknown }> }>;
    };
    for (const { path, default: value } of SETTINGS) {
      const [section = '', key = ''] = path.split('.');
      expect([path, properties[section]?.properties[key]?.default]).toEqual([path, value]);
    }
  });
});

describe('docs/config.md', () => {
  it('has the table of settings of the code; "npm run docs" writes it', () => {
    const page = read('docs/config.md');
    expect(withSettingsTable(page)).toBe(page);
  });
});
