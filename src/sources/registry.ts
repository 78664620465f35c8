import { auditd } from './auditd/auditd.ts';
import { cloudtrail } from './cloudtrail/cloudtrail.ts';
import { entra } from './entra/entra.ts';
import type { Format } from './format.ts';
import { gcp } from './gcp/gcp.ts';
import { journald } from './journald/journald.ts';
import { kubernetes } from './kubernetes/kubernetes.ts';
import { okta } from './okta/okta.ts';
import { pam } from './pam/pam.ts';
import { sshd } from './sshd/sshd.ts';
import { sudo } from './sudo/sudo.ts';
import { teleport } from './teleport/teleport.ts';
import { vault } from './vault/vault.ts';
import { windows } from './windows/windows.ts';

/** Every format of a source. A new one is a folder and a line here. */
export const FORMATS: readonly Format[] = [
  auditd,
  cloudtrail,
  entra,
  gcp,
  journald,
  kubernetes,
  okta,
  pam,
  sshd,
  sudo,
  teleport,
  vault,
  windows,
];

export function findFormat(type: string): Format | undefined {
  return FORMATS.find((format) => format.type === type);
}

export interface Recognition {
  readonly format: Format;
  /** 0…1, see `Format.recognise`. */
  readonly score: number;
}

/** The format that fits the beginning of a file best; undefined where none can be. */
export function recogniseFormat(head: Uint8Array): Recognition | undefined {
  const scored = FORMATS.map((format) => ({ format, score: format.recognise(head) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0 ? best : undefined;
}
