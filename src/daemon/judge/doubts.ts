import type { Matching } from '../../correlate/match.ts';
import type { StreamSigns } from '../../correlate/sessionize.ts';
import { isZoneOffset } from '../../correlate/zones.ts';
import type { Access } from '../../model/access.ts';
import type { RecorderReport } from '../../model/judgement.ts';
import type { SourceReport } from '../../model/source-report.ts';
import { groupBy } from '../../correlate/order.ts';

/** Why the times of a stream cannot be trusted, by stream. */
export function timeDoubts(
  accesses: readonly Access[],
  matching: Matching,
  signs: readonly StreamSigns[],
): Map<string, string> {
  const doubts = new Map<string, string>();
  for (const sign of signs) {
    if (sign.zone.state !== 'suspect') continue;
    const why = `${sign.zone.pairs} exact pair(s) with another witness contradict the zone of ${sign.stream}`;
    doubts.set(sign.stream, `${why}; set its zone`);
  }
  for (const [stream, hours] of orphansInAnotherZone(accesses, matching)) {
    if (doubts.has(stream)) continue;
    doubts.set(
      stream,
      `recordings fit its accesses if the zone of ${stream} is ${hours} h off; set its zone`,
    );
  }
  return doubts;
}

/** Recordings without an access that would fit one exactly in another zone: the zone may be wrong. */
function orphansInAnotherZone(accesses: readonly Access[], matching: Matching): Map<string, number> {
  const found = new Map<string, number>();
  const orphans = groupBy(matching.orphans, (one) => `${one.target}\0${one.account}`);
  for (const access of accesses) {
    if (!access.assumed.includes('zone') || matching.taken.has(access.uid)) continue;
    for (const orphan of orphans.get(`${access.target}\0${access.account}`) ?? []) {
      const difference = (orphan.opened ?? access.opened) - access.opened;
      if (Math.abs(difference) < 600_000 || !isZoneOffset(difference)) continue;
      for (const stream of access.streams) found.set(stream, Math.round(difference / 900_000) / 4);
    }
  }
  return found;
}

/**
 * Why nothing found on a host means nothing known: recordings there could not all be read. A bucket that cannot be
 * read says nothing about what hosts record, nor the other way round.
 */
export function blindHosts(recorders: readonly RecorderReport[], of: 'hosts' | 'cloud'): Map<string, string> {
  const blind = new Map<string, string>();
  for (const recorder of recorders.filter(({ serves }) => serves === of || serves === 'all')) {
    for (const host of recorder.blindHosts) {
      blind.set(
        host,
        `recordings of ${recorder.id} on ${host} could not be read: ${recorder.errors[0] ?? ''}`,
      );
    }
  }
  return blind;
}

/** Streams that could not be read to their end. */
export function brokenStreams(sources: readonly SourceReport[]): Map<string, string> {
  const broken = sources.filter((source) => source.error !== null);
  return new Map(
    broken.map((source) => [source.id, `${source.id} could not be read: ${source.error ?? ''}`]),
  );
}
