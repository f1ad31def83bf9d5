/** What `mlserve inspect` was given → whether it means an image rather than a file. */
import { readReference } from '../image/reference.ts';
import type { Io } from '../ports.ts';

/** A name that no file has. What ends in `.onnx` or looks like a path is meant as a file, and missing. */
export async function isImageName(text: string, io: Pick<Io, 'files'>): Promise<boolean> {
  if (/\.onnx$|^[./~\\]|\\/i.test(text) || readReference(text) === undefined) return false;
  return (await io.files.stat(text)) === undefined;
}
