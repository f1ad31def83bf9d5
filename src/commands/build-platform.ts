/** A prepared image × an engine × one platform → the image in the engine: built, measured, tried. It has no tag yet. */
import type { BaseImage } from '../image/base.ts';
import { refuseLargeContext } from '../image/context.ts';
import type { ImagePlan } from '../image/image-plan.ts';
import type { Platform } from '../image/platform.ts';
import { requirePlatform } from '../image/require-platform.ts';
import { megabytes, plannedSize, refuseLargeImage, type SizeReport, sizeReport } from '../image/size-report.ts';
import type { Io } from '../ports.ts';
import { buildContext } from './build-context.ts';
import type { PlanTarget, PreparedImage } from './prepared-image.ts';
import type { BaseSurroundings } from './resolve-base.ts';
import { smokeTest } from './smoke-test.ts';
import { tellSteps } from './tell-steps.ts';
import type { SmokeResult } from './try-container.ts';

export interface BuiltPlatform {
  readonly platform: Platform;
  /** In the engine. */
  readonly id: string;
  readonly base: BaseImage;
  readonly labels: ImagePlan['labels'];
  readonly sbom: string;
  readonly contextBytes: number;
  readonly size: SizeReport;
  /** Null when it was not wanted, or when the engine cannot run the platform. */
  readonly smoke: SmokeResult | null;
  readonly timings: { readonly contextMs: number; readonly buildMs: number; readonly smokeMs: number };
}

export interface BuildSurroundings extends BaseSurroundings {
  readonly smoke: boolean;
}

export async function buildPlatform(
  prepared: PreparedImage,
  target: PlanTarget,
  around: BuildSurroundings,
  io: Io,
): Promise<BuiltPlatform> {
  const { engine, signal } = around;
  const { image: limits } = prepared.project.spec;
  const { platform, base } = target;
  const isForeign = target.buildPlatform !== undefined;
  const started = io.clock.monotonic();
  const plan = await prepared.plan(target);
  const contextBytes = refuseLargeContext(plan.members, limits.maxContext);
  refuseLargeImage(plannedSize(plan), limits.maxSize);
  const packed = io.clock.monotonic();
  // Nothing is said after the error of an interruption.
  signal.throwIfAborted();
  const id = await io.terminal.step(
    `building ${platform} with ${engine.name} (${megabytes(contextBytes)} of context)`,
    (now) =>
      engine.build({
        context: buildContext(plan, prepared, io),
        platform,
        isForeign,
        createdAt: prepared.createdAt,
        onEvent: tellSteps(io.terminal, now),
        signal,
      }),
  );
  const built = io.clock.monotonic();
  const [history, image] = await Promise.all([engine.history(id), engine.image(id)]);
  requirePlatform(image, platform, engine);
  const size = sizeReport(history, image?.bytes ?? 0, plan);
  refuseLargeImage(size, limits.maxSize);
  const canRun = around.smoke && !isForeign;
  if (around.smoke && isForeign)
    io.terminal.warn(`the image for ${platform} was not tried: the engine runs ${engine.platform}`);
  const subject = { project: prepared.project, image: id, platform, node: base.node };
  const beforeSmoke = io.clock.monotonic();
  const smoke = canRun ? await smokeTest(subject, engine, signal, io) : null;
  const timings = { contextMs: packed - started, buildMs: built - packed, smokeMs: io.clock.monotonic() - beforeSmoke };
  return { platform, id, base, labels: plan.labels, sbom: plan.sbom, contextBytes, size, smoke, timings };
}
