// Compares two YAML files of Kubernetes objects: the same objects with the same members, in any order of objects.
// usage: same-objects.js ONE OTHER [--without LABEL…]: labels and annotations that one of the two tools adds.
import { deepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const [one, other, ...rest] = process.argv.slice(2);
const without = rest.filter((word) => word !== '--without');

function read(path) {
  const objects = parseAllDocuments(readFileSync(path, 'utf8')).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
  const entries = objects.filter(Boolean).map((object) => {
    for (const label of without) {
      delete object.metadata?.labels?.[label];
      delete object.spec?.template?.metadata?.labels?.[label];
    }
    return [`${object.kind}/${object.metadata.name}`, object];
  });
  const names = entries.map(([name]) => name);
  if (names.length === 0 || new Set(names).size !== names.length) throw new Error(`${path}: no objects, or one twice`);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const objects = read(one);
deepStrictEqual(objects, read(other));
process.stdout.write(`${Object.keys(objects).length} objects are the same: ${one} ${other}\n`);
