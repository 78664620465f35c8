import type { Host } from './fleet.ts';
import type { LineFile } from './line-file.ts';
import type { Random } from './random.ts';
import { toSyslogTime } from './times.ts';

/** Where a line comes from and what else its journal entry says. */
export interface Origin {
  readonly program: string;
  readonly pid: number | null;
  readonly auditSession?: number;
  readonly fields?: Readonly<Record<string, string>>;
}

/** Writes lines of hosts into one syslog file (RFC 3164) and one journal export. */
export class HostLog {
  readonly #syslog: LineFile;
  readonly #journal: LineFile;
  readonly #random: Random;
  #entries = 0;

  constructor(syslog: LineFile, journal: LineFile, random: Random) {
    this.#syslog = syslog;
    this.#journal = journal;
    this.#random = random;
  }

  get lines(): number {
    return this.#syslog.lines + this.#journal.lines;
  }

  /** `ms` is true time; the host's clock makes of it what is written. */
  write(host: Host, ms: number, origin: Origin, message: string): void {
    const local = ms + host.skewMs;
    if (host.journal) this.#writeEntry(host, local, origin, message);
    else {
      const pid = origin.pid === null ? '' : `[${origin.pid}]`;
      this.#syslog.write(`${toSyslogTime(local)} ${host.name} ${origin.program}${pid}: ${message}`);
    }
  }

  #writeEntry(host: Host, local: number, origin: Origin, message: string): void {
    const us = local * 1000 + this.#random.between(0, 999);
    const entry = ++this.#entries;
    const pid = String(origin.pid ?? this.#random.between(500, 30_000));
    this.#journal.write(
      JSON.stringify({
        __CURSOR: `s=${host.machine};i=${entry.toString(16)};b=${host.boot};m=${us.toString(16)};t=${us.toString(16)};x=${this.#random.hex(16)}`,
        __REALTIME_TIMESTAMP: String(us),
        __MONOTONIC_TIMESTAMP: String(us - 1_700_000_000_000_000),
        _BOOT_ID: host.boot,
        _MACHINE_ID: host.machine,
        _HOSTNAME: host.name,
        PRIORITY: '6',
        SYSLOG_FACILITY: '10',
        SYSLOG_IDENTIFIER: origin.program,
        SYSLOG_PID: pid,
        _TRANSPORT: 'syslog',
        _RUNTIME_SCOPE: 'system',
        _UID: '0',
        _GID: '0',
        _CAP_EFFECTIVE: '1ffffffffff',
        _SELINUX_CONTEXT: 'unconfined\n',
        _SYSTEMD_SLICE: 'system.slice',
        _SYSTEMD_UNIT: 'ssh.service',
        _SYSTEMD_CGROUP: '/system.slice/ssh.service',
        _SYSTEMD_INVOCATION_ID: host.boot,
        _COMM: origin.program,
        _EXE: `/usr/sbin/${origin.program}`,
        _CMDLINE: `${origin.program}: session [priv]`,
        _PID: pid,
        ...(origin.auditSession === undefined ? {} : { _AUDIT_SESSION: String(origin.auditSession) }),
        _SOURCE_REALTIME_TIMESTAMP: String(us - 11),
        ...origin.fields,
        MESSAGE: message,
      }),
    );
  }
}
