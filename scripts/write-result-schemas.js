// `npm run schemas`: writes schema/results/*.json, a JSON Schema (2020-12) for what each command prints with --json, from the types of
// src/commands/json-results.ts. `test/commands/schema.test.ts` sees to it that they are up to date.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultSchemas } from './result-schemas.js';

const folder = join(import.meta.dirname, '..', 'schema', 'results');
mkdirSync(folder, { recursive: true });
for (const [name, text] of resultSchemas()) writeFileSync(join(folder, `${name}.json`), text);
