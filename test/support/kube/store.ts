/** The objects of the API server of the tests, with resource versions, a history to watch, and who is told of changes. */
import { randomUUID } from 'node:crypto';
import type { Resource, Stored } from './objects.ts';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly resource: Resource;
  readonly object: Stored;
}

type Listener = (change: Change) => void;

export class Store {
  readonly history: Change[] = [];
  readonly #objects = new Map<string, { readonly resource: Resource; readonly object: Stored }>();
  readonly #listeners = new Set<Listener>();
  #version = 100;

  get version(): number {
    return this.#version;
  }

  get(resource: Resource, namespace: string | undefined, name: string): Stored | undefined {
    return this.#objects.get(keyOf(resource, namespace, name))?.object;
  }

  list(plural: string, namespace?: string): readonly Stored[] {
    return [...this.#objects.values()]
      .filter(
        ({ resource, object }) => resource.plural === plural && (!namespace || object.metadata.namespace === namespace),
      )
      .map(({ object }) => object);
  }

  /** The new state of an object, as it is stored; the same content changes nothing. */
  put(resource: Resource, wanted: Stored): Stored {
    const { metadata } = wanted;
    const key = keyOf(resource, metadata.namespace, metadata.name);
    const before = this.#objects.get(key)?.object;
    if (before !== undefined && contentOf(before) === contentOf(wanted)) return before;
    this.#version += 1;
    const isNewSpec = JSON.stringify(before?.spec) !== JSON.stringify(wanted.spec);
    const generation = (before?.metadata.generation ?? 0) + (isNewSpec || before === undefined ? 1 : 0);
    const object: Stored = {
      ...wanted,
      metadata: {
        ...metadata,
        uid: before?.metadata.uid ?? randomUUID(),
        creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString().replace(/\.\d+Z/, 'Z'),
        generation,
        resourceVersion: String(this.#version),
      },
    };
    this.#objects.set(key, { resource, object });
    this.#tell({ type: before === undefined ? 'ADDED' : 'MODIFIED', version: this.#version, resource, object });
    return object;
  }

  remove(resource: Resource, namespace: string | undefined, name: string): Stored | undefined {
    const key = keyOf(resource, namespace, name);
    const found = this.#objects.get(key);
    if (found === undefined) return undefined;
    this.#objects.delete(key);
    this.#version += 1;
    const { metadata } = found.object;
    const object = { ...found.object, metadata: { ...metadata, resourceVersion: String(this.#version) } };
    this.#tell({ type: 'DELETED', version: this.#version, resource, object });
    // What it owned goes with it, as the garbage collector sees to.
    for (const each of [...this.#objects.values()]) {
      const { ownerReferences = [], namespace: own, name: child } = each.object.metadata;
      if (ownerReferences.some(({ uid }) => uid === metadata.uid)) this.remove(each.resource, own, child);
    }
    return object;
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(change: Change): void {
    this.history.push(change);
    for (const listener of [...this.#listeners]) listener(change);
  }
}

function keyOf({ apiVersion, plural }: Resource, namespace: string | undefined, name: string): string {
  return [apiVersion, plural, namespace ?? '', name].join(' ');
}

function contentOf({ metadata, ...rest }: Stored): string {
  const { uid: _u, generation: _g, resourceVersion: _r, creationTimestamp: _c, ...own } = metadata;
  return JSON.stringify([own, rest]);
}
