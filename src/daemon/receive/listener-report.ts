import type { ReceiveConfig } from '../../config/receive.ts';
import type { Reject } from '../../model/event.ts';
import type { SourceReport } from '../../model/source-report.ts';
import type { Tally } from '../../receive/counts.ts';
import { emptyReport } from '../../sources/source-log.ts';

/** What a listener did since it was last asked. */
export interface ListenerNews {
  readonly tally: Readonly<Tally>;
  /** Why it does not listen, or cannot write; null where it does. */
  readonly error: string | null;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * The health of a listener, beside that of the streams it receives. Messages that were received and not written are
 * `lost`; those that were cut, and connections that broke off or were turned away, are rejects.
 */
export function toListenerReport(
  config: Pick<ReceiveConfig, 'id' | 'transport'>,
  known: SourceReport | undefined,
  { tally, error, now }: ListenerNews,
): SourceReport {
  const before = known ?? emptyReport({ id: config.id, type: 'syslog', zone: null });
  const { received, cut, dropped, broken, refused } = tally;
  const rejects = [
    ...toReject(config, 'too-long', cut, 'messages were longer than 64 KiB and were cut'),
    ...toReject(
      config,
      'cut-off',
      broken,
      'connections ended within a message, or their lengths did not agree',
    ),
    ...toReject(config, 'not-text', refused, `${NOUN[config.transport]} were turned away`),
  ];
  return {
    ...before,
    type: 'syslog',
    // Whoever is turned away sent no record: it counts on both sides, so that a share stays below one.
    records: before.records + received + broken + refused,
    rejected: before.rejected + cut + broken + refused,
    rejects: [...before.rejects, ...rejects].slice(-MAX_REJECTS),
    lost: before.lost + dropped,
    first: before.first ?? (received > 0 ? now : null),
    last: received > 0 ? now : before.last,
    error,
  };
}

/** Shown with their counts; older ones give way. */
const MAX_REJECTS = 20;

const NOUN = { tcp: 'connections', tls: 'connections', udp: 'messages' } as const;

function toReject(
  { id }: Pick<ReceiveConfig, 'id'>,
  code: Reject['code'],
  count: number,
  what: string,
): Reject[] {
  return count === 0 ? [] : [{ code, detail: `${count} ${what}`, ref: { source: id, record: 'listener' } }];
}
