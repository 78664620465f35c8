import type { Event, Parsed, Reject } from '../model/event.ts';
import type { SourceReport } from '../model/source-report.ts';

/** Hosts listed per stream: a log host of a large fleet stays below 10,000; 10,000 names are about 1 MB. */
const MAX_HOSTS = 10_000;
/** Rejects shown with their places; all are counted. */
const MAX_REJECTS = 20;

/** What a stream has shown so far; grows with reading, and starts from what earlier reading showed. */
export class SourceLog {
  #report: SourceReport;
  readonly #hosts: Set<string>;

  constructor(start: SourceReport) {
    this.#report = start;
    this.#hosts = new Set(start.hosts);
  }

  /** Takes note of one decoded record. */
  add(parsed: Parsed): void {
    const { time, events, rejects } = parsed;
    const before = this.#report;
    if (parsed.host !== null && this.#hosts.size < MAX_HOSTS) this.#hosts.add(parsed.host);
    this.#report = {
      ...before,
      first: earliest(before.first, time),
      last: latest(before.last, time),
      records: before.records + 1,
      events: before.events + events.length,
      rejected: before.rejected + rejects.length,
      rejects: before.rejects.length < MAX_REJECTS ? [...before.rejects, ...rejects] : before.rejects,
      lost: before.lost + events.reduce((sum, event) => sum + (event.detail.lost ?? 0), 0),
      logLevel: levelOf(before.logLevel, events),
      assumed: assumedOf(before.assumed, events),
    };
  }

  /** Takes note of a record that could not even be cut out. */
  reject(reject: Reject): void {
    this.add({ events: [], rejects: [reject], time: null, host: null });
  }

  report(changes: Partial<SourceReport>): SourceReport {
    return { ...this.#report, hosts: [...this.#hosts].sort(), ...changes };
  }
}

/** A stream of which nothing was read. */
export function emptyReport(part: Pick<SourceReport, 'id' | 'type' | 'zone'>): SourceReport {
  return {
    ...part,
    files: [],
    hosts: [],
    first: null,
    last: null,
    records: 0,
    events: 0,
    rejected: 0,
    rejects: [],
    heldBack: 0,
    lost: 0,
    logLevel: 'unknown',
    assumed: [],
    error: null,
  };
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** Channel and connection lines appear at VERBOSE alone; a login without any proves only that sshd logs. */
function levelOf(known: SourceReport['logLevel'], events: readonly Event[]): SourceReport['logLevel'] {
  const ssh = events.filter((event) => event.program === 'sshd');
  if (known === 'verbose' || ssh.some((one) => one.kind === 'connection.open' || one.kind === 'access.use')) {
    return 'verbose';
  }
  return known === 'info' || ssh.some((one) => one.kind === 'access.open') ? 'info' : 'unknown';
}

function assumedOf(known: SourceReport['assumed'], events: readonly Event[]): SourceReport['assumed'] {
  if (known.length === 2 || events.every((event) => event.assumed.length === 0)) return known;
  const all = new Set([...known, ...events.flatMap((event) => event.assumed)]);
  return (['zone', 'year'] as const).filter((one) => all.has(one));
}
