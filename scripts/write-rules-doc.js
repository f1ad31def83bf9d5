// `npm run docs`: writes docs/rules.md from the table of rules (compiled code).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRulesDoc } from '../dist/model/rules/render-table.js';

writeFileSync(join(import.meta.dirname, '..', 'docs', 'rules.md'), renderRulesDoc());
