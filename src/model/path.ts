/** How a target was reached. `ssh` alone where the log cannot tell which kind (sshd LogLevel INFO, forced commands). */
export const PATHS = [
  'ssh',
  'ssh-shell',
  'ssh-exec',
  'ssh-sftp',
  'ssh-forward',
  'ssm-shell',
  'ssm-tunnel',
  'ssm-command',
  'serial-console',
  'ec2-connect',
  'ecs-exec',
  'k8s-exec',
  'k8s-forward',
  'console',
  'api-role',
  'rdp',
  'sudo',
  'su',
  'db',
  'secret',
] as const;

export type Path = (typeof PATHS)[number];

/** Paths that use one account's session to act as another account; they may nest inside a recorded session. */
export const ELEVATIONS: ReadonlySet<Path> = new Set<Path>(['sudo', 'su']);

/** Paths whose content no session recorder can see. */
export const TUNNELS: ReadonlySet<Path> = new Set<Path>(['ssh-forward', 'ssm-tunnel', 'k8s-forward']);
