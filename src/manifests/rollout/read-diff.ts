/** What `kubectl diff` prints → which of the objects are new, changed or the same, and the lines that differ. */
import type { KubernetesObject } from '../manifest.ts';

export interface ObjectChange {
  /** `Deployment/fraud` */
  readonly name: string;
  readonly change: 'new' | 'changed' | 'same';
  /** With `+` and `-`; empty where nothing differs, and for a new object, whose lines are all new. */
  readonly lines: readonly string[];
}

/** A file of `kubectl diff` is named by group, version, kind, namespace and name of its object. */
const FILE = /^diff .*\/([^/\s]+)$/;
const HEADER = /^(diff |--- |\+\+\+ )/;
/** Counted by the API server at each change. */
const COUNTER = /^[-+] {2}(generation|resourceVersion): /;

export function readDiff(text: string, objects: readonly KubernetesObject[]): readonly ObjectChange[] {
  const parts = new Map<string, string[]>();
  let lines: string[] | undefined;
  for (const line of text.split('\n')) {
    const file = FILE.exec(line)?.[1];
    if (file !== undefined) {
      lines = [];
      parts.set(file, lines);
    } else if (line !== '' && !HEADER.test(line)) lines?.push(line);
  }
  return objects.map((object) => {
    const found = (parts.get(fileOf(object)) ?? []).filter((line) => !COUNTER.test(line));
    const name = `${object.kind}/${object.metadata?.name}`;
    const change = changeOf(found);
    return { name, change, lines: change === 'changed' ? found : [] };
  });
}

function fileOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  return [...apiVersion.split('/'), kind, metadata?.namespace, metadata?.name].join('.');
}

/** Of a new object there is no line before. */
function changeOf(lines: readonly string[]): ObjectChange['change'] {
  if (!lines.some((line) => /^[-+]/.test(line))) return 'same';
  return lines.some((line) => /^@@ -0,0 /.test(line)) ? 'new' : 'changed';
}
