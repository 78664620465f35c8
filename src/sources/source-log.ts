import type { Event, Parsed, Reject } from '../model/event.ts';
import type { SourceReport } from '../model/source-report.ts';

/** Hosts listed per stream: a log host of a large fleet stays below 10,000; 10,000 names are about 1 MB. */
const MAX_HOSTS = 10_000;
/** Rejects shown with their places; all are counted. */
const MAX_REJECTS = 20;

/** What a stream has shown so far; grows with reading, and starts from what earlier reading showed. */
export class SourceLog {
  readonly #start: SourceReport;
  readonly #hosts: Set<string>;
  readonly #rejects: Reject[];
  #first: number | null;
  #last: number | null;
  #records: number;
  #events: number;
  #rejected: number;
  #lost: number;
  #logLevel: SourceReport['logLevel'];
  #assumed: SourceReport['assumed'];

  constructor(start: SourceReport) {
    this.#start = start;
    this.#hosts = new Set(start.hosts);
    this.#rejects = [...start.rejects];
    this.#first = start.first;
    this.#last = start.last;
    this.#records = start.records;
    this.#events = start.events;
    this.#rejected = start.rejected;
    this.#lost = start.lost;
    this.#logLevel = start.logLevel;
    this.#assumed = start.assumed;
  }

  /** Takes note of one decoded record. */
  add({ time, host, events, rejects }: Parsed): void {
    if (host !== null && this.#hosts.size < MAX_HOSTS) this.#hosts.add(host);
    this.#first = earliest(this.#first, time);
    this.#last = latest(this.#last, time);
    this.#records += 1;
    this.#rejected += rejects.length;
    for (const reject of rejects) if (this.#rejects.length < MAX_REJECTS) this.#rejects.push(reject);
    if (events.length === 0) return;
    this.#events += events.length;
    for (const event of events) this.#lost += event.detail.lost ?? 0;
    this.#logLevel = levelOf(this.#logLevel, events);
    this.#assumed = assumedOf(this.#assumed, events);
  }

  /** Takes note of a record that could not even be cut out. */
  reject(reject: Reject): void {
    this.add({ events: [], rejects: [reject], time: null, host: null });
  }

  /** Takes note of records that were left out because decoding would have made nothing of them. */
  skip(records: number): void {
    this.#records += records;
  }

  report(changes: Partial<SourceReport>): SourceReport {
    return {
      ...this.#start,
      hosts: [...this.#hosts].sort(),
      rejects: [...this.#rejects],
      first: this.#first,
      last: this.#last,
      records: this.#records,
      events: this.#events,
      rejected: this.#rejected,
      lost: this.#lost,
      logLevel: this.#logLevel,
      assumed: this.#assumed,
      ...changes,
    };
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
