/** A prepared image × a platform → its plan and context, as this machine would build it without an engine to ask. */
import { type ContextMember, refuseLargeContext } from '../image/context.ts';
import type { Platform } from '../image/platform.ts';
import { plannedSize, refuseLargeImage } from '../image/size-report.ts';
import type { PreparedImage } from './prepared-image.ts';

export interface PlannedPlatform {
  readonly platform: Platform;
  readonly dockerfile: string;
  readonly contextBytes: number;
  readonly layers: readonly { readonly name: string; readonly what: string; readonly bytes: number }[];
}

/** `own` is the platform of this machine. Throws IMAGE_TOO_LARGE. */
export async function planFor(
  platform: Platform,
  own: Platform,
  { base, plan: planOf, project }: PreparedImage,
): Promise<PlannedPlatform & { readonly members: readonly ContextMember[] }> {
  const { maxContext, maxSize } = project.spec.image;
  const plan = await planOf({ base, buildBase: base, platform, buildPlatform: platform === own ? undefined : own });
  const { dockerfile, members } = plan;
  const contextBytes = refuseLargeContext(members, maxContext);
  const size = plannedSize(plan);
  refuseLargeImage(size, maxSize);
  const layers = plan.layers.map(({ name, what }, at) => ({ name, what, bytes: size.layers[at]?.bytes ?? 0 }));
  return { platform, dockerfile, contextBytes, layers, members };
}
