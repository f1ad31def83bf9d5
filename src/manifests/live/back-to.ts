/** A Deployment × one of its earlier revisions → the Deployment to apply so that it runs that one again. */
import type { KubernetesObject } from '../manifest.ts';
import { appliedPart } from './applied-part.ts';
import type { LiveDeployment } from './live-objects.ts';
import { leftBehind, type Revision, ROLLED_BACK, templateOf } from './revisions.ts';

type Texts = Readonly<Record<string, string>>;

const CHANGE_CAUSE = 'kubernetes.io/change-cause';
const VERSION_LABEL = 'app.kubernetes.io/version';
const isIdentity = (key: string): boolean => key.startsWith('mlserve.dev/') || key === CHANGE_CAUSE;

/** `current`: the revision that is left. `manager`: whose part of the Deployment is applied again. */
export function backTo(
  deployment: LiveDeployment,
  { to, current, manager }: { readonly to: Revision; readonly current: Revision; readonly manager: string },
): KubernetesObject {
  const part = appliedPart(deployment, manager);
  const { spec } = part as unknown as { readonly spec?: object };
  const template = templateOf(to);
  const version = template.metadata?.labels?.[VERSION_LABEL];
  const left = [...new Set([...leftBehind(deployment), current.hash])].filter((hash) => hash !== to.hash);
  const metadata = {
    ...part.metadata,
    labels: { ...part.metadata?.labels, ...(version === undefined ? {} : { [VERSION_LABEL]: version }) },
    annotations: {
      ...matching(part.metadata?.annotations, (key) => !isIdentity(key)),
      // Those of the Deployment at that time: its controller copies them.
      ...matching(to.replicaSet.metadata.annotations, (key) => isIdentity(key)),
      [ROLLED_BACK]: left.join(','),
    },
  };
  return { ...part, metadata, ...{ spec: { ...spec, template } } };
}

function matching(texts: Texts | undefined, isWanted: (key: string) => boolean): Texts {
  return Object.fromEntries(Object.entries(texts ?? {}).filter(([key]) => isWanted(key)));
}
