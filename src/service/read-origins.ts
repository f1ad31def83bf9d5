/** The text of `cors.origins` → the origins, and what in there is none. */

export interface ReadOrigins {
  /** As browsers send them, and `*` for all. */
  readonly origins: readonly string[];
  readonly bad: readonly string[];
}

const HOST = /^https?:\/\/[a-z0-9._[\]:-]+$/i;

/** Separated by commas. An origin is a scheme, a host and perhaps a port: browsers send no more, so more would match nothing. */
export function readOrigins(text: string): ReadOrigins {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const isOrigin = (word: string): boolean => word === '*' || (HOST.test(word) && URL.canParse(word));
  return {
    origins: words.filter(isOrigin).map((word) => (word === '*' ? word : new URL(word).origin)),
    bad: words.filter((word) => !isOrigin(word)),
  };
}
