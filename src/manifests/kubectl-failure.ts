/** What kubectl prints when it fails → the error: who refused, why, and what to do. Pure. */
import { MlserveError } from '../errors.ts';

interface Row {
  readonly code: 'CLUSTER_UNREACHABLE' | 'CLUSTER_REFUSED';
  readonly pattern: RegExp;
  readonly hint: string;
}

const RIGHTS = 'ask for the right in this namespace; "kubectl auth can-i --list" says which ones you have';
const UNKNOWN = 'these are the words of the cluster: whoever runs it can say more';
const ANSWER = 'see that the cluster runs and can be reached from here (VPN, proxy), or name another with --context';

/** The first that matches. kubectl has no codes: these are its words, and those of the API server. */
const ROWS: readonly Row[] = [
  {
    code: 'CLUSTER_UNREACHABLE',
    pattern: /failed to run "diff"/,
    hint: 'install the program diff (the package diffutils), which kubectl compares with',
  },
  {
    code: 'CLUSTER_UNREACHABLE',
    pattern: /context "[^"]*" does not exist|no context exists|context was not found/,
    hint: 'run "kubectl config get-contexts" for the names there are',
  },
  {
    code: 'CLUSTER_UNREACHABLE',
    pattern: /error loading config file|invalid configuration/,
    hint: 'correct the kubeconfig, or name another in KUBECONFIG',
  },
  {
    code: 'CLUSTER_UNREACHABLE',
    pattern: /\(Unauthorized\)|must be logged in|getting credentials|provide credentials/,
    hint: 'log in to the cluster again; "kubectl auth whoami" says who you are to it',
  },
  {
    code: 'CLUSTER_UNREACHABLE',
    pattern:
      /connection to the server|unable to connect|connection refused|connection reset|no such host|i\/o timeout|deadline exceeded|TLS handshake|x509|\bEOF\b|HTTP response to HTTPS|network is unreachable|timed out|\(Timeout\)/i,
    hint: ANSWER,
  },
  {
    code: 'CLUSTER_REFUSED',
    pattern: /namespaces "[^"]*" not found/,
    hint: 'make the namespace, or have it made: namespace.yaml, which "mlserve deploy" writes, does it with "kubectl apply -f"',
  },
  {
    code: 'CLUSTER_REFUSED',
    pattern: /Apply failed with \d+ conflict/,
    hint: 'let the other manager give the field up, set its value by deploy.patches in mlserve.yaml, or take it over with --force-conflicts',
  },
  {
    code: 'CLUSTER_REFUSED',
    pattern: /exceeded quota/,
    hint: 'have the quota of the namespace raised, or ask for less: deploy.memoryBytes, deploy.cpuMillicores, deploy.maxReplicas',
  },
  {
    code: 'CLUSTER_REFUSED',
    pattern: /violates PodSecurity|admission webhook/,
    hint: 'correct it by deploy.patches in mlserve.yaml, or ask whoever sets the rules of the cluster',
  },
  { code: 'CLUSTER_REFUSED', pattern: /\(Forbidden\)/, hint: RIGHTS },
  {
    code: 'CLUSTER_REFUSED',
    pattern: /field is immutable/,
    hint: 'the field cannot be changed: remove the object and apply again; its pods stop until then',
  },
  {
    code: 'CLUSTER_REFUSED',
    pattern: /is invalid|strict decoding error|no matches for kind/,
    hint: 'this cluster wants it otherwise: correct it by deploy.patches in mlserve.yaml',
  },
];

const PREFIX =
  /^(?:error|Error from server(?: \([A-Za-z]+\))?): (?:error when (?:creating|patching|applying) "[^"]*": )?/;

export function kubectlFailure(stderr: string, where: string): MlserveError {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^[EWI]\d{4} |^Warning:/.test(line));
  const row = ROWS.find(({ pattern }) => pattern.test(stderr));
  const message = messageOf(lines);
  return new MlserveError(row?.code ?? 'CLUSTER_REFUSED', message, { where, hint: row?.hint ?? UNKNOWN });
}

/** Each sentence once; without the advice of kubectl, which is about its own flags. */
function messageOf(lines: readonly string[]): string {
  const advice = lines.findIndex((line) => line.startsWith('Please review the fields above'));
  const own = (advice < 0 ? lines : lines.slice(0, advice)).map((line) => line.replace(PREFIX, '').trim());
  return (
    [...new Set(own)].join('; ').replaceAll(':; - ', ': ').replaceAll('; - ', ', ') ||
    'kubectl failed and did not say why'
  );
}
