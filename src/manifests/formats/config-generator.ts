/** The ConfigMap of a service → the generator with which kustomize makes it, and the file that it reads. */
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { Manifest, OutputFile } from '../manifest.ts';

const FILE = 'config.env';

export function configGenerator({ object }: Manifest): object {
  const { name, labels, annotations } = object.metadata ?? {};
  return {
    name,
    envs: [FILE],
    options: {
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      immutable: true,
    },
  };
}

export function configEnv({ object, notes }: Manifest, header: readonly string[]): OutputFile {
  const { data = {} } = object as IConfigMap;
  const lines = Object.entries(data).map(([name, value]) => {
    const note = notes.find(({ path }) => path[0] === 'data' && path[1] === name);
    return `${note === undefined ? '' : `# ${note.text}\n`}${name}=${value}\n`;
  });
  return { path: FILE, text: `${header.map((line) => `# ${line}\n`).join('')}${lines.join('')}` };
}
