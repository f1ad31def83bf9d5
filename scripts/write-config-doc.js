// `npm run docs`: writes schema/mlserve.schema.json and the table of settings in docs/config.md (compiled code).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSettingsTable } from '../dist/service/render-settings.js';
import { schemaText } from '../dist/service/schema.js';

const root = join(import.meta.dirname, '..');
mkdirSync(join(root, 'schema'), { recursive: true });
writeFileSync(join(root, 'schema/mlserve.schema.json'), schemaText());
const page = join(root, 'docs/config.md');
writeFileSync(page, withSettingsTable(readFileSync(page, 'utf8')));
