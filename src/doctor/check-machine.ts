/** What was seen of a machine → a check each: Node, runtime, telemetry, disk, container engine, kubectl. Pure. */
import { type Check, failed, ok, warning } from './check.ts';
import type { Snapshot } from './snapshot.ts';

/** The last day of support of each release line that is supported for long (nodejs.org/about/previous-releases). */
const END_OF_LIFE: Readonly<Record<number, string>> = { 20: '2026-04-30', 22: '2027-04-30', 24: '2028-04-30' };
/** A lock, manifests and their temporary copies. */
const LEAST_BYTES = 100 * 2 ** 20;
/** An image of mlserve and the context that it is built from. */
const IMAGE_BYTES = 2 * 2 ** 30;

export function checkMachine(seen: Snapshot): readonly Check[] {
  return [
    checkNode(seen),
    checkRuntime(seen),
    checkTelemetry(seen),
    checkDisk(seen),
    checkEngine(seen),
    checkKubectl(seen),
  ];
}

function checkNode({ node, now }: Snapshot): Check {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return failed('node', `Node ${node} is too old`, 'install Node 24: mlserve needs 20.19 or newer');
  }
  const end = END_OF_LIFE[major];
  if (end !== undefined && now > Date.parse(end)) {
    return warning('node', `Node ${node} works, and has got no security fixes since ${end}`, 'install Node 24');
  }
  return ok('node', `Node ${node}`);
}

function checkRuntime({ runtime, platform }: Snapshot): Check {
  if ('problem' in runtime) return failed('runtime', runtime.problem.message, runtime.problem.hint);
  return ok('runtime', `onnxruntime ${runtime.found} loads on ${platform}`);
}

function checkTelemetry({ isTelemetryOff, runtime }: Snapshot): Check {
  if ('problem' in runtime || isTelemetryOff)
    return ok('telemetry', 'nothing is sent: mlserve has no telemetry, and that of onnxruntime is off');
  return failed(
    'telemetry',
    'the telemetry of onnxruntime is not off',
    'set ORT_DISABLE_TELEMETRY=1, and report it: this is a bug in mlserve',
  );
}

function checkDisk({ freeBytes }: Snapshot): Check {
  const text =
    freeBytes < 2 ** 30 ? `${Math.floor(freeBytes / 2 ** 20)} MiB` : `${(freeBytes / 2 ** 30).toFixed(1)} GiB`;
  if (freeBytes < LEAST_BYTES) return failed('disk', `${text} are free on the disk of this folder`, 'make room');
  if (freeBytes < IMAGE_BYTES) {
    return warning(
      'disk',
      `${text} are free on the disk of this folder, which may be too little for an image`,
      'make room: "docker system df" shows what images take',
    );
  }
  return ok('disk', `${text} are free on the disk of this folder`);
}

function checkEngine({ engine }: Snapshot): Check {
  if ('problem' in engine) {
    return warning('engine', `${engine.problem.message}; "mlserve build image" needs one`, engine.problem.hint);
  }
  const { name, api, builder } = engine.found;
  return ok('engine', `${name}, API ${api}, builder ${builder === 'buildkit' ? 'BuildKit' : 'classic'}`);
}

function checkKubectl({ cluster }: Snapshot): Check {
  if ('problem' in cluster) {
    return warning('kubectl', `${cluster.problem.message}; "mlserve deploy --apply" needs it`, cluster.problem.hint);
  }
  const { context, server, version } = cluster.found;
  const place = context === '' ? `in the pod of ${server}` : `context ${context} at ${server}`;
  if ('found' in version) return ok('kubectl', `kubectl, ${place}, Kubernetes ${version.found}`);
  const { message, hint } = version.problem;
  return warning('kubectl', `${place}: ${message}; "mlserve deploy --apply" needs it`, hint);
}
