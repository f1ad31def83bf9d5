/** The plan of an image × its project → the context that an engine builds it of, and builds only when the project is valid. */
import type { ImagePlan } from '../image/image-plan.ts';
import type { BuildContext } from '../image/imaging.ts';
import { layerArchives } from '../image/layer-archives.ts';
import { packContext } from '../image/pack-context.ts';
import type { Io } from '../ports.ts';
import { endWhenValid } from './beside-validation.ts';
import type { PreparedImage } from './prepared-image.ts';

export function buildContext(
  plan: ImagePlan,
  { project, valid }: Pick<PreparedImage, 'project' | 'valid'>,
  { files }: Pick<Io, 'files'>,
): BuildContext {
  return {
    ...layerArchives(plan, files),
    whole: endWhenValid(packContext(plan.members, files), valid),
    valid,
    key: `${project.dir}\n${plan.platform}`,
  };
}
