import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORDINARY } from './fleet.ts';

const SHIPPED = new URL('../../rules/', import.meta.url);
const BREAK_GLASS_ROLE = new URL('break-glass-role.yaml', import.meta.url);

export interface Scope {
  /** Accounts of machines, whose logins need no recording. */
  readonly ordinary: readonly string[];
  /** Clock tolerance in seconds. */
  readonly toleranceS: number;
}

/**
 * Writes the configuration for generated data: `offrecord.yaml` and a `rules` folder with the shipped rule for remote
 * logins, narrowed by the accounts of machines as its own comment tells to, and one for the emergency role.
 */
export function writeSettings(folder: string, scope: Scope): void {
  mkdirSync(join(folder, 'settings', 'rules'), { recursive: true });
  const shipped = readFileSync(new URL('privileged/remote-login.yaml', SHIPPED), 'utf8');
  const filter = `  filter_machines:\n    account: [${scope.ordinary.join(', ')}]\n`;
  const narrowed = shipped.replace(
    /^ {2}condition: selection$/m,
    `${filter}  condition: selection and not 1 of filter_*`,
  );
  if (narrowed === shipped) throw new Error('the shipped rule for remote logins has another condition now');
  writeFileSync(join(folder, 'settings', 'rules', 'remote-login.yaml'), narrowed);
  cpSync(BREAK_GLASS_ROLE, join(folder, 'settings', 'rules', 'break-glass-role.yaml'));
  writeFileSync(join(folder, 'settings', 'offrecord.yaml'), configuration(scope));
  writeFileSync(join(folder, 'settings', 'scope.json'), JSON.stringify(scope));
}

function configuration({ toleranceS }: Scope): string {
  return `timezone: UTC
sources:
  - {id: hosts, type: sshd, paths: [../data/auth.log]}
  - {id: journal, type: journald, paths: [../data/journal.ndjson]}
  - {id: trail, type: cloudtrail, paths: [../data/cloudtrail.ndjson]}
recorders:
  - {id: recordings, paths: [../data/recordings]}
judging:
  clock_tolerance: ${toleranceS}s
rules:
  paths: [./rules]
receivers:
  - {id: folder, type: file, path: ../alerts}
`;
}

/** The scope of data made by the generator of this folder. */
export function ownScope(skewS: number): Scope {
  // Both clocks are off, and syslog cuts up to a second.
  return { ordinary: ORDINARY, toleranceS: Math.ceil(skewS) + 3 };
}
