/**
 * YAML text → plain values and the line and column of each, or every syntax problem. YAML 1.2 core: no tags, no merge keys. Aliases are
 * followed within bounds on depth and number of values, so that a few lines cannot stand for gigabytes.
 */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { Issue } from '../issue.ts';
import { type ConfigPath, formatPath } from './config-path.ts';

const MAX_CHARACTERS = 2 ** 20;
const MAX_DEPTH = 32;
const MAX_VALUES = 100_000;
/** Each is a walk through the document. */
const MAX_ALIASES = 100;
/** The first problems tell; one mistake can make the parser stumble to the end of the file. */
const MAX_PROBLEMS = 10;

export interface YamlText {
  /** Undefined when the text is no YAML at all, or too large. */
  readonly value: unknown;
  readonly issues: readonly Issue[];
  /** `file:line:column` of the value at a path (or its key), or of the nearest thing around it. */
  locate(path: ConfigPath, part?: 'key' | 'value'): string;
}

export function readYaml(text: string, file: string): YamlText {
  const fail = (message: string, hint: string): YamlText => ({
    value: undefined,
    issues: [{ rule: 'config.syntax', severity: 'error', where: file, message, hint }],
    locate: () => file,
  });
  if (text.length > MAX_CHARACTERS) {
    return fail(
      `the file has more than ${MAX_CHARACTERS} characters`,
      'a configuration is a few kilobytes; is this it?',
    );
  }
  const lines = new LineCounter();
  let document: ReturnType<typeof parseDocument>;
  try {
    // Duplicate keys are found below, in linear time.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail('the YAML is nested too deep', `use at most ${MAX_DEPTH} levels`);
  }
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const syntax = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS).map(
    ({ code, message, pos }): Issue => ({
      rule: 'config.syntax',
      severity: 'error',
      where: at(pos[0]),
      ...inWords(code, message),
    }),
  );
  const reader = new TreeReader(at, (node) => (isAlias(node) ? node.resolve(document) : node));
  const value = reader.read(document.contents, [], 0);
  return {
    value,
    issues: [...syntax, ...reader.issues],
    locate: (path, part = 'value') => reader.locate(path, part) ?? at(0),
  };
}

function inWords(code: string, message: string): Pick<Issue, 'message' | 'hint'> {
  if (code === 'TAB_AS_INDENT') return { message: 'a tab is used to indent', hint: 'indent with spaces' };
  if (code === 'MULTIPLE_DOCS')
    return { message: 'the file holds several documents', hint: 'keep one; remove the "---" between them' };
  if (code === 'TAG_RESOLVE_FAILED') return { message: 'tags ("!…") are not supported', hint: 'remove the tag' };
  return { message, hint: 'correct the YAML syntax here' };
}

/** Turns nodes into values, remembering where each stood. */
class TreeReader {
  readonly issues: Issue[] = [];
  readonly #keys = new Map<string, number>();
  readonly #values = new Map<string, number>();
  readonly #at: (offset: number) => string;
  readonly #resolve: (node: Node) => Node | undefined;
  #count = 0;
  #aliases = 0;
  #isStopped = false;

  constructor(at: (offset: number) => string, resolve: (node: Node) => Node | undefined) {
    this.#at = at;
    this.#resolve = resolve;
  }

  read(given: unknown, path: ConfigPath, depth: number): unknown {
    if (this.#isStopped || !isNode(given)) return null;
    this.#values.set(formatPath(path), given.range?.[0] ?? 0);
    const excess = this.#excess(given, depth);
    if (excess !== undefined) {
      this.#stop(given, excess);
      return null;
    }
    const node = this.#resolve(given);
    if (isScalar(node)) return typeof node.value === 'bigint' ? Number(node.value) : node.value;
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index], depth + 1));
    return isMap(node) ? this.#readMap(node.items, path, depth) : null;
  }

  locate(path: ConfigPath, part: 'key' | 'value'): string | undefined {
    const exact = part === 'key' ? this.#keys.get(formatPath(path)) : undefined;
    if (exact !== undefined) return this.#at(exact);
    for (let length = path.length; length >= 0; length--) {
      const offset = this.#values.get(formatPath(path.slice(0, length)));
      if (offset !== undefined) return this.#at(offset);
    }
    return undefined;
  }

  #readMap(pairs: readonly Pair[], path: ConfigPath, depth: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (const { key, value } of pairs) {
      if (this.#isStopped) break;
      if (!isScalar(key)) {
        this.#report(
          'config.syntax',
          isNode(key) ? key : undefined,
          'a key is not plain text',
          'write the key as a word',
        );
        continue;
      }
      const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
      const child = [...path, name];
      if (Object.hasOwn(map, name)) {
        this.#report('config.duplicate-key', key, `the key "${name}" is there twice`, 'keep one of them');
        continue;
      }
      this.#keys.set(formatPath(child), key.range?.[0] ?? 0);
      const content = this.read(value, child, depth + 1);
      Object.defineProperty(map, name, { value: content, enumerable: true, configurable: true, writable: true });
    }
    return map;
  }

  #excess(node: Node, depth: number): string | undefined {
    if (depth > MAX_DEPTH) return `nests deeper than ${MAX_DEPTH} levels`;
    if (++this.#count > MAX_VALUES) return `holds more than ${MAX_VALUES} values`;
    return isAlias(node) && ++this.#aliases > MAX_ALIASES ? `has more than ${MAX_ALIASES} aliases` : undefined;
  }

  #stop(node: Node, excess: string): void {
    this.#isStopped = true;
    this.#report('config.too-large', node, `the configuration ${excess}`, 'write less, and out what aliases stand for');
  }

  #report(rule: string, node: Node | undefined, message: string, hint: string): void {
    this.issues.push({ rule, severity: 'error', where: this.#at(node?.range?.[0] ?? 0), message, hint });
  }
}
