/** What is generated. Shares are in 0 … 1. */
export interface GenerateOptions {
  /** Log lines and audit records, without recordings. */
  readonly events: number;
  readonly seed: number;
  readonly hosts: number;
  /** Events a second of simulated time. */
  readonly rate: number;
  /** Of all events: how many are CloudTrail records. */
  readonly trail: number;
  /** Of all hosts: how many write a journal; the others share one syslog file. */
  readonly journal: number;
  /** Of all lines of hosts: how many belong to failed attempts to log in. */
  readonly noise: number;
  /** Of all failed attempts: how many carry another line in the user name. */
  readonly traps: number;
  /** Of privileged sessions: how many have no recording. */
  readonly gap: number;
  /** Of privileged sessions: how many see a direct login of the same account to the same host meanwhile. */
  readonly overlap: number;
  /** Of recordings: how many lack a part. */
  readonly truncation: number;
  /** Of recordings: how many are written 1 to 120 minutes late. */
  readonly late: number;
  /** Seconds: clocks of hosts are off by up to so much against the recorder's. */
  readonly skew: number;
  /** What keeps the recordings of ssh sessions. */
  readonly recordings: 'tlog' | 'teleport';
}

export const DEFAULT_OPTIONS: GenerateOptions = {
  events: 200_000,
  seed: 1,
  hosts: 60,
  rate: 50,
  trail: 0.1,
  journal: 0.1,
  noise: 0.8,
  traps: 0.0005,
  gap: 0.03,
  overlap: 0.005,
  truncation: 0.003,
  late: 0.05,
  skew: 5,
  recordings: 'tlog',
};
