/** What an image holds → its layers, from what changes rarely to what changes often, each with the paths of its files in the image. */
import type { ContextFile } from './context.ts';

export interface Layer {
  /** Its folder below `layers/` in the context. */
  readonly name: string;
  /** For people. */
  readonly what: string;
  /** Paths in the image, without the leading slash. */
  readonly files: readonly ContextFile[];
  /** Copied out of the verified stage rather than out of the context. */
  readonly isVerified: boolean;
}

/** The native runtime, the server, each model by itself, and what says what they are. */
export interface LayerContents {
  readonly runtime: readonly ContextFile[];
  readonly server: readonly ContextFile[];
  readonly models: readonly {
    readonly name: string;
    readonly version: string;
    readonly files: readonly ContextFile[];
  }[];
  readonly service: readonly ContextFile[];
}

/** The folder of models and of the configuration in an image. */
export const SERVICE_FOLDER = 'models';
/** The folder of the server. */
export const APP_FOLDER = 'app';

export function planLayers({ runtime, server, models, service }: LayerContents): readonly Layer[] {
  const verified = models.map(({ name, version, files }) => ({
    // "@" stands in neither, so no two models share a folder.
    name: `${name}@${version}`,
    what: `model ${name} ${version}`,
    files,
    isVerified: true,
  }));
  return [
    { name: 'runtime', what: 'onnxruntime for this platform', files: runtime, isVerified: false },
    { name: 'server', what: 'the server', files: server, isVerified: false },
    ...verified,
    { name: 'service', what: 'configuration, lock and SBOM', files: service, isVerified: true },
  ];
}

/** Where a model file lies in an image, relative to the folder of the configuration. */
export function modelPath(model: { readonly name: string; readonly version: string }, file: string): string {
  return `${model.name}/${model.version}/${file}`;
}
