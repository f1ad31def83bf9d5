/** A path of the route table with `{model}`, `{name}` and `{version}` → the names that stand there in a request's path. */

export interface PathNames {
  /** What stands for `{model}` or `{name}`. */
  readonly model: string;
  /** Undefined where the path has no place for one. */
  readonly version: string | undefined;
}

export interface PathTemplate {
  /** `segments` are decoded. Undefined when the path is another one. */
  read(segments: readonly string[]): PathNames | undefined;
}

interface Part {
  /** Undefined: the segment is `text`. */
  readonly name: string | undefined;
  /** What follows the name: `:predict`. */
  readonly text: string;
}

/** `hasVerbs`: another path goes on with a colon and a verb where this one ends, so that a colon is no part of a name. */
export function pathTemplate(path: string, hasVerbs: boolean): PathTemplate {
  const parts = path.split('/').map(partOf);
  return {
    read(segments) {
      if (segments.length !== parts.length) return undefined;
      const names = new Map<string, string>();
      for (let at = 0; at < parts.length; at++) {
        const { name, text } = parts[at] as Part;
        const segment = segments[at] as string;
        if (name === undefined) {
          if (segment !== text) return undefined;
          continue;
        }
        const value = segment.slice(0, segment.length - text.length);
        if (value === '' || !segment.endsWith(text) || (hasVerbs && value.includes(':'))) return undefined;
        names.set(name, value);
      }
      return { model: names.get('model') ?? names.get('name') ?? '', version: names.get('version') };
    },
  };
}

function partOf(segment: string): Part {
  const [, name, text = segment] = /^\{(\w+)\}(.*)$/.exec(segment) ?? [];
  return { name, text };
}

/** The path for a model, as clients write it. */
export function fillPath(path: string, model: string, version: string): string {
  return path
    .replace('{model}', () => encodeURIComponent(model))
    .replace('{version}', () => encodeURIComponent(version));
}
