import type { JudgedAccess } from '../../model/access.ts';
import type { JudgedRecording, RecorderReport } from '../../model/judgement.ts';
import { toIso } from '../../util/iso.ts';

/** Sentences for a person: what was seen, why it was judged so, what was searched and not found. */
export function describeAccess(
  access: JudgedAccess,
  recorders: readonly RecorderReport[],
  owner: string | null,
): string[] {
  return [
    seen(access),
    ...(owner === null ? [] : [`${access.target} is owned by ${owner}.`]),
    ...access.reasons.map((reason) => `${reason.code}: ${reason.detail}`),
    ...(access.recordings.length === 0 ? searched(access, recorders) : []),
  ];
}

function seen(access: JudgedAccess): string {
  const who = access.actor === null ? access.account : `${access.actor} as ${access.account}`;
  const person = access.principal === null ? '' : ` (${access.principal.id})`;
  const from = access.origin === null ? '' : ` from ${originText(access.origin)}`;
  const key = access.credential?.id == null ? '' : ` with ${access.credential.type} ${access.credential.id}`;
  const end = access.closed === null ? 'still open or end unknown' : `until ${toIso(access.closed)}`;
  return `Seen: ${access.path} ${who}${person} on ${access.target}${from}${key}, ${toIso(access.opened)}, ${end}.`;
}

function originText(origin: { ip: string; port: number | null }): string {
  return origin.port === null ? origin.ip : `${origin.ip} port ${origin.port}`;
}

function searched(access: JudgedAccess, recorders: readonly RecorderReport[]): string[] {
  const where = recorders.map((one) => {
    const found = `${one.recordings} recording${one.recordings === 1 ? '' : 's'}`;
    return `${one.id} (${found}, read up to ${toIso(one.watermark)})`;
  });
  const none = where.length === 0 ? 'no recorder is known here' : where.join('; ');
  const misses = access.nearMisses.map((miss) => `Not taken: ${miss.uid}, because ${miss.why}.`);
  return [`Searched: ${none}.`, ...misses];
}

export function describeRecording(recording: JudgedRecording): string[] {
  const when = recording.opened === null ? '' : `, from ${toIso(recording.opened)}`;
  const who = recording.account === null ? '' : ` of ${recording.account}`;
  return [
    `Seen: ${recording.recorder} recording${who} in ${recording.ref.source}${when}, state ${recording.state}.`,
    ...recording.problems.map((problem) => `${problem.code}: ${problem.detail}`),
  ];
}
