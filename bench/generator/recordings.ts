import type { Host } from './fleet.ts';
import type { LineFile } from './line-file.ts';
import type { Random } from './random.ts';
import { toIsoMs } from './times.ts';

/** A session on a host that is recorded. Times are epoch ms of the recorder's clock. */
export interface RecordedSession {
  readonly host: Host;
  readonly account: string;
  readonly auditSession: number;
  readonly from: string;
  readonly start: number;
  readonly end: number;
  /** True where a part in the middle is missing (or, at the proxy, the end). */
  readonly truncated: boolean;
  /** How long after it happened a part is written. */
  readonly lateMs: number;
}

type Later = (ms: number, run: () => void) => void;

export interface SessionRecorder {
  record(session: RecordedSession, later: Later): void;
}

const WORDS = 'Reading package lists... done; total 48; active (running); 3 files changed; ok; '.repeat(12);

/** tlog's messages of many hosts in one file: a start, some output now and then, a last word. */
export function tlogRecorder(file: LineFile, random: Random): SessionRecorder {
  return {
    record(session, later) {
      const { host, start, end } = session;
      const rec = `${host.boot}-${random.between(400, 4_000_000).toString(16)}-${random.hex(6)}`;
      const parts = positions(end - start, session.truncated);
      const lost = session.truncated ? random.between(2, parts.length - 1) : 0;
      parts.forEach((pos, at) => {
        if (at + 1 === lost) return;
        const shown = WORDS.slice(0, random.between(20, 600));
        const line = tlogMessage(session, { rec, id: at + 1, pos, time: start + pos, shown });
        later(start + pos + session.lateMs, () => file.write(line));
      });
    },
  };
}

/** Positions of messages in ms: one every five minutes, but at least the first and the last. */
function positions(durationMs: number, several: boolean): readonly number[] {
  const last = Math.max(0, durationMs - 400);
  const count = Math.max(several ? 4 : 2, Math.min(40, Math.floor(durationMs / 300_000) + 2));
  return Array.from({ length: count }, (_, at) => Math.floor((last * at) / (count - 1)));
}

interface Shown {
  readonly rec: string;
  readonly id: number;
  readonly pos: number;
  readonly time: number;
  readonly shown: string;
}

function tlogMessage({ host, account, auditSession }: RecordedSession, part: Shown): string {
  const window = part.id === 1 ? '=80x24' : '';
  return JSON.stringify({
    ver: '2.3',
    host: host.name,
    rec: part.rec,
    user: account,
    term: 'xterm-256color',
    session: auditSession,
    id: part.id,
    pos: part.pos,
    time: part.time / 1000,
    timing: `${window}>${part.shown.length}`,
    in_txt: '',
    in_bin: [],
    out_txt: part.shown,
    out_bin: [],
  });
}

/** Audit events as a Teleport proxy writes them: where a session's recording started, ended and went. */
export function teleportRecorder(file: LineFile, random: Random): SessionRecorder {
  return {
    record(session, later) {
      const { start, end } = session;
      const stop = session.truncated ? start + Math.floor((end - start) / 2) : end;
      const sid = random.uuid();
      const lines: readonly (readonly [number, string])[] = [
        [start, teleportEvent(session, sid, random, { event: 'session.start', code: 'T2000I', at: start })],
        [stop, teleportEvent(session, sid, random, { event: 'session.end', code: 'T2004I', at: stop })],
        [stop + 900, uploadEvent(sid, random, stop + 900)],
      ];
      for (const [at, line] of lines) later(at + session.lateMs, () => file.write(line));
    },
  };
}

interface Step {
  readonly event: string;
  readonly code: string;
  readonly at: number;
}

function teleportEvent(session: RecordedSession, sid: string, random: Random, step: Step): string {
  const ended = { interactive: true, session_start: toIsoMs(session.start), session_stop: toIsoMs(step.at) };
  return JSON.stringify({
    ei: 0,
    event: step.event,
    code: step.code,
    time: toIsoMs(step.at),
    uid: random.uuid(),
    cluster_name: 'example.org',
    user: `${session.account}@example.org`,
    login: session.account,
    sid,
    server_id: session.host.machine,
    server_hostname: session.host.name,
    'addr.remote': session.from,
    namespace: 'default',
    proto: 'ssh',
    session_recording: 'proxy',
    ...(step.event === 'session.end' ? ended : {}),
  });
}

function uploadEvent(sid: string, random: Random, at: number): string {
  const url = `s3://recordings/${sid}.tar`;
  return JSON.stringify({
    ei: 2_147_483_646,
    event: 'session.upload',
    code: 'T2005I',
    time: toIsoMs(at),
    uid: random.uuid(),
    sid,
    url,
  });
}
