/** Objects with notes → YAML text: the same for the same objects, with a header that says what made it, and reasons as comments. */
import { Document, isMap, isPair, isScalar, isSeq, type Node, stringify } from 'yaml';
import type { KubernetesObject, Manifest, Note } from './manifest.ts';

/** Readers of Kubernetes follow YAML 1.1, where `no` and `1:30` are no text: what is ambiguous there is quoted. */
const STYLE = { version: '1.2', compat: 'yaml-1.1', aliasDuplicateObjects: false } as const;
const TEXT = { lineWidth: 0, indentSeq: true } as const;
const COMMENT_WIDTH = 110;

/** One document each. `header`: lines without `#`. */
export function manifestsText(
  manifests: readonly Pick<Manifest, 'object' | 'notes'>[],
  header: readonly string[],
): string {
  return `${commentLines(header)}${manifests.map(documentText).join('---\n')}`;
}

/** Any other object as YAML: a kustomization, the tests of promtool. */
export function yamlText(value: object, header: readonly string[]): string {
  return `${commentLines(header)}${stringify(value, { ...STYLE, ...TEXT })}`;
}

function documentText({
  object,
  notes,
}: {
  readonly object: KubernetesObject;
  readonly notes: readonly Note[];
}): string {
  const document = new Document(object, STYLE);
  for (const { path, text } of notes) {
    const key = keyNode(document.contents, path);
    if (key !== undefined)
      key.commentBefore = wrapped(text, COMMENT_WIDTH)
        .map((line) => ` ${line}`)
        .join('\n');
  }
  return document.toString(TEXT);
}

/** The node that a comment about the value stands before. */
function keyNode(root: unknown, path: Note['path']): Node | undefined {
  let node: unknown = root;
  let place: Node | undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === part);
      if (pair === undefined) return undefined;
      place = pair.key as Node;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      place = node as Node | undefined;
    } else {
      return undefined;
    }
  }
  return place;
}

function commentLines(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
