/** The loader of the `Files` port → the same port, loaded with the first call: `mlserve --version` opens no file. */
import type { Files } from '../ports.ts';

export function lazyFiles(load: () => Promise<Files>): Files {
  let loading: Promise<Files> | undefined;
  const files = (): Promise<Files> => {
    loading ??= load();
    return loading;
  };
  return {
    readText: async (path) => (await files()).readText(path),
    writeAtomic: async (path, content) => (await files()).writeAtomic(path, content),
    append: async (path, text) => (await files()).append(path, text),
    writeChunks: async (path, chunks) => (await files()).writeChunks(path, chunks),
    copyAtomic: async (from, to) => (await files()).copyAtomic(from, to),
    stage: async (target, options) => (await files()).stage(target, options),
    stat: async (path) => (await files()).stat(path),
    realPath: async (path) => (await files()).realPath(path),
    glob: async (root, pattern) => (await files()).glob(root, pattern),
    open: async (path) => (await files()).open(path),
    sha256: async (path) => (await files()).sha256(path),
    async *stream(path, signal) {
      yield* (await files()).stream(path, signal);
    },
  };
}
