/** `mlserve build image`: a locked project → an image, built, measured, tried, named, and pushed where that is wanted. */
import { formatTag } from '../image/reference.ts';
import type { Io } from '../ports.ts';
import { besideValidation } from './beside-validation.ts';
import { buildPlatforms } from './build-platforms.ts';
import { type BuildImageResult, buildResult } from './build-result.ts';
import { interruptible } from './interruptible.ts';
import { requireOutputFiles } from './output-files.ts';
import { prepareImage } from './prepare-image.ts';
import type { ImageOptions } from './prepared-image.ts';
import { type PushedImage, pushImages, tagOf } from './push-image.ts';

export interface BuildImageOptions extends ImageOptions {
  readonly push: boolean;
  readonly smoke: boolean;
  /** Where to write the result and the bill of materials. */
  readonly fileOutput?: string | undefined;
  readonly sbom?: string | undefined;
}

export async function buildImage(options: BuildImageOptions, io: Io): Promise<BuildImageResult> {
  return interruptible(io, (signal) => build(options, io, signal));
}

async function build(options: BuildImageOptions, io: Io, signal: AbortSignal): Promise<BuildImageResult> {
  const start = io.clock.monotonic();
  // After a push, nobody would be told the digest.
  await requireOutputFiles({ '--file-output': options.fileOutput, '--sbom': options.sbom }, io);
  const imaging = await io.imaging();
  const prepared = await io.terminal.step('validating the project', () => prepareImage(options, imaging, io));
  let validated = start;
  const valid = prepared.valid.then(() => {
    validated = io.clock.monotonic();
  });
  const { around, built } = await besideValidation(valid, signal, (either) =>
    buildPlatforms(prepared, imaging, { smoke: options.smoke, signal: either }, io),
  );
  const names = prepared.tags.flatMap((tag) =>
    built.map(({ platform, id }) => ({ id, tag: tagOf(tag, platform, built.length === 1) })),
  );
  for (const { id, tag } of names) await around.engine.tag(id, tag);
  const pushing = io.clock.monotonic();
  const pushed: PushedImage[] = [];
  if (options.push) for (const tag of prepared.tags) pushed.push(await pushImages(tag, built, around, io, signal));
  const end = io.clock.monotonic();
  const timings = { validateMs: validated - start, pushMs: end - pushing, totalMs: end - start };
  const tags = options.push ? prepared.tags.map(formatTag) : names.map(({ tag }) => formatTag(tag));
  const result = buildResult(prepared, built, { pushed, tags, timings });
  if (options.fileOutput !== undefined)
    await io.files.writeAtomic(options.fileOutput, `${JSON.stringify(result, null, 2)}\n`);
  const [first] = built;
  if (options.sbom !== undefined && first !== undefined) await io.files.writeAtomic(options.sbom, first.sbom);
  return result;
}
