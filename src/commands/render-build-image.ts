/** What came of `mlserve build image`, or what would → text for people. Pure. */
import { fromName } from '../image/base.ts';
import { megabytes } from '../image/size-report.ts';
import { shellWord } from '../manifests/formats/shell-word.ts';
import { plural } from '../plural.ts';
import type { BuildImageResult } from './build-result.ts';
import type { ImagePlanResult } from './eject-image.ts';
import { textTable } from './text-table.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export function renderBuildImage({ service, image, tags, models, platforms, timings }: BuildImageResult): string {
  return [
    `${service.name} ${service.version}: ${image ?? tags.join(', ')}`,
    ...(image === null ? [] : [`  tags: ${tags.join(', ')}`]),
    ...models.map(({ name, version, digests }) => `  ${name} ${version}  ${digests.model}`),
    ...platforms.flatMap(renderPlatform),
    `  in ${seconds(timings.totalMs)}, of which ${seconds(timings.validateMs)} to validate${image === null ? '' : ` and ${seconds(timings.pushMs)} to push`}`,
  ].join('\n');
}

function renderPlatform({
  platform,
  id,
  base,
  size,
  smoke,
  timings,
}: BuildImageResult['platforms'][number]): readonly string[] {
  const rows = size.layers.map(({ what, bytes, files }) => [
    `    ${megabytes(bytes)}`,
    what,
    files.length === 0 ? '' : files.map((file) => `${file.path} ${megabytes(file.bytes)}`).join(', '),
  ]);
  return [
    `  ${platform}  ${id}, built in ${seconds(timings.buildMs)}`,
    `    ${megabytes(size.added)} on top of ${fromName(base)} (${megabytes(size.base)})`,
    ...textTable(rows),
    ...(smoke === null
      ? []
      : [
          `    ready in ${seconds(smoke.readyMs)} with ${megabytes(smoke.rssBytes)} of memory; ${smoke.examples.passed} of ${plural(smoke.examples.asked, 'golden example')} answered as expected; stopped in ${seconds(smoke.stopMs)}`,
        ]),
  ];
}

export function renderPrinted({ platforms }: ImagePlanResult): string {
  return platforms.map(({ dockerfile }) => dockerfile).join('\n');
}

export function renderPlan({ tags, base, platforms, ejected }: ImagePlanResult): string {
  const parts = platforms.flatMap(({ platform, contextBytes, layers }) => {
    const what = `${tags.join(', ')} for ${platform} from ${base}, with a build context of ${megabytes(contextBytes)}:`;
    const rows = layers.map(({ name, what, bytes }) => [`  ${megabytes(bytes)}`, `layers/${name}/`, what]);
    return [ejected === null ? `would build ${what}` : `wrote to ${ejected} what makes ${what}`, ...textTable(rows)];
  });
  const next = ejected === null ? [] : [`try:\n  docker build -t ${tags[0] ?? ''} ${shellWord(ejected)}`];
  return [...parts, ...next].join('\n');
}
