// Kubernetes objects in a YAML file → the rules of its PrometheusRules as Prometheus itself reads them, on standard output.
// usage: rules-of.js FILE
import { readFileSync } from 'node:fs';
import { parseAllDocuments, stringify } from 'yaml';

const objects = parseAllDocuments(readFileSync(process.argv[2], 'utf8')).map((document) => document.toJS());
const groups = objects.filter(({ kind }) => kind === 'PrometheusRule').flatMap(({ spec }) => spec.groups);
if (groups.length === 0) throw new Error('no PrometheusRule in the file');
process.stdout.write(stringify({ groups }));
