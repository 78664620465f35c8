import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReceiveConfig } from '../../config/receive.ts';
import type { SourceConfig } from '../../config/sources.ts';
import type { StreamCursor } from '../../files/cursor.ts';
import { systemCode } from '../../files/problem.ts';
import type { SourceReport } from '../../model/source-report.ts';
import { type Listener, ListenError, openListener } from '../../receive/listener.ts';
import { Spool, SPOOL_LIMITS } from '../../receive/spool.ts';
import type { Store } from '../../store/store.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { toListenerReport } from './listener-report.ts';

/** A listener of the configuration as it runs, or why it does not. */
interface Running {
  readonly config: ReceiveConfig;
  /** What it was opened with, certificates included. */
  readonly signature: string;
  readonly spool: Spool | null;
  readonly listener: Listener | null;
  readonly problem: string | null;
}

/** The listeners of the configuration in force. Passes read what they put into their spools. */
export class Listeners {
  readonly #logger: Logger;
  #running = new Map<string, Running>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Opens, replaces and closes listeners so that they are those of the configuration. One that cannot be opened is
   * told, and tried again at the next call. A certificate that was renewed counts as a change.
   */
  async apply(configs: readonly ReceiveConfig[]): Promise<readonly { id: string; message: string }[]> {
    const wanted = new Map<string, { config: ReceiveConfig; opening: Opening }>();
    for (const config of configs) wanted.set(config.id, { config, opening: await readOpening(config) });
    for (const [id, one] of this.#running) {
      const same = one.problem === null && wanted.get(id)?.opening.signature === one.signature;
      if (same) continue;
      this.#running.delete(id);
      await this.#close(one);
    }
    const problems: { id: string; message: string }[] = [];
    for (const [id, { config, opening }] of wanted) {
      const running = this.#running.get(id) ?? (await open(config, opening));
      this.#running.set(id, running);
      if (running.problem !== null) problems.push({ id, message: running.problem });
    }
    return problems;
  }

  /** Ends long files: before a pass reads them, so that it never reads a file that is renamed meanwhile. */
  async rotate(): Promise<void> {
    for (const { spool } of this.#running.values()) await spool?.rotate();
  }

  /** Deletes ended files that were read whole, by the cursors that are committed. */
  async release(store: Store): Promise<void> {
    for (const { config, spool } of this.#running.values()) {
      await spool?.release(async (log) => {
        const cursor = (await store.cursor(`${config.id}/${log}`)) as StreamCursor | undefined;
        return ({ dev, ino, size }) =>
          cursor?.files.some((file) => file.dev === dev && file.ino === ino && file.offset >= size) ?? false;
      });
    }
  }

  /** Tells what the listeners did since the last call, and adds it to what is stored. */
  async report(store: Store, now: number): Promise<readonly SourceReport[]> {
    const known = new Map((await store.sourceReports()).map((report) => [report.id, report]));
    const reports: SourceReport[] = [];
    for (const { config, spool, listener, problem } of this.#running.values()) {
      const { tally, refusals } = listener?.counts.take() ?? NOTHING;
      for (const [reason, address] of refusals)
        this.#logger.warn({ listener: config.id, reason, address }, 'a peer was turned away');
      const error = problem ?? spool?.takeProblem() ?? null;
      const report = toListenerReport(config, known.get(config.id), { tally, error, now });
      await store.transaction((tx) =>
        tx.saveBatch({ stream: config.id, cursor: null, report, events: [], at: now }),
      );
      reports.push(report);
    }
    return reports;
  }

  async close(): Promise<void> {
    for (const one of this.#running.values()) await this.#close(one);
    this.#running.clear();
  }

  async #close({ config, spool, listener }: Running): Promise<void> {
    await listener?.close();
    const lost = (await spool?.close()) ?? 0;
    if (lost > 0) this.#logger.error({ listener: config.id, bytes: lost }, 'received lines were not written');
  }
}

const NOTHING = {
  tally: { received: 0, cut: 0, dropped: 0, broken: 0, refused: 0 },
  refusals: new Map<string, string>(),
};

interface Opening {
  readonly signature: string;
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string | null } | null;
  readonly problem: string | null;
}

async function readOpening(config: ReceiveConfig): Promise<Opening> {
  const settings = JSON.stringify([config, [...config.peers]]);
  if (config.tls === null) return { signature: settings, tls: null, problem: null };
  const { cert, key, clientCa } = config.tls;
  const texts: string[] = [];
  for (const file of [cert, key, ...(clientCa === null ? [] : [clientCa])]) {
    try {
      texts.push(await readFile(file, 'utf8'));
    } catch (error) {
      const problem = `${file} cannot be read (${systemCode(error) ?? 'unknown'})`;
      return { signature: settings, tls: null, problem };
    }
  }
  const [certText = '', keyText = '', caText = null] = texts;
  return {
    signature: `${settings}\n${texts.join('\n')}`,
    tls: { cert: certText, key: keyText, clientCa: caText },
    problem: null,
  };
}

async function open(config: ReceiveConfig, { signature, tls, problem }: Opening): Promise<Running> {
  const failed = (reason: string, spool: Spool | null = null): Running => ({
    config,
    signature,
    spool,
    listener: null,
    problem: reason,
  });
  if (problem !== null) return failed(problem);
  let spool: Spool;
  try {
    spool = await Spool.open(spoolOf(config), { ...SPOOL_LIMITS, bytes: config.maxSpoolBytes });
  } catch (error) {
    return failed(`${spoolOf(config)} cannot be used (${systemCode(error) ?? 'unknown'})`);
  }
  try {
    const { host, port, transport, peers, anyPeer, relay } = config;
    const listener = await openListener({ host, port, transport, peers, anyPeer, relay, tls }, spool);
    return { config, signature, spool, listener, problem: null };
  } catch (error) {
    // What an earlier run received is read all the same.
    if (error instanceof ListenError) return failed(error.message, spool);
    throw error;
  }
}

function spoolOf(config: ReceiveConfig): string {
  return join(config.spool, config.id);
}

/**
 * The source that reads a listener's spool: one stream for each peer, named `<id>/hosts/<peer>/syslog.log`. The
 * folder gives the target, and for relays the message does.
 */
export function toSpoolSource(config: ReceiveConfig): SourceConfig {
  return {
    id: config.id,
    type: 'sshd',
    paths: [join(spoolOf(config), config.relay ? 'relay' : 'hosts')],
    host: null,
    zone: config.zone,
    silentAfterMs: config.silentAfterMs,
  };
}
