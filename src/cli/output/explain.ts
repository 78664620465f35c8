import type { JudgedAccess } from '../../model/access.ts';
import type { Finding } from '../../model/finding.ts';
import type { JudgedRecording, Judgement } from '../../model/judgement.ts';
import { toIso, toIsoOrNull } from '../../util/iso.ts';
import { percent, printable } from './text.ts';

/** The eight steps from bytes to alert, for one access. */
export function explainAccess(
  access: JudgedAccess,
  judgement: Pick<Judgement, 'recordings' | 'findings'>,
): string {
  const recordings = new Map(judgement.recordings.map((one) => [one.uid, one]));
  const findings = judgement.findings.filter((one) => one.subject.uid === access.uid);
  const steps: [string, string[]][] = [
    ['read', readLines(access)],
    ['parse', parseLines(access)],
    ['identify', identifyLines(access)],
    ['sessionize', sessionLines(access)],
    ['match', matchLines(access, recordings)],
    ['assess', assessLines(access)],
    ['evaluate', evaluateLines(access, findings)],
    ['dispatch', dispatchLines(findings)],
  ];
  const body = steps.flatMap(([name, lines], at) => [
    `${at + 1} ${name}`,
    ...lines.map((line) => `    ${printable(line)}`),
  ]);
  return [`${access.uid}  ${access.verdict}`, ...body, ''].join('\n');
}

function readLines(access: JudgedAccess): string[] {
  return access.refs.map((ref) => `${ref.source}: record ${ref.record}`);
}

function parseLines(access: JudgedAccess): string[] {
  const ids = Object.entries(access.session).map(([name, value]) => `${name} ${value}`);
  const precision = access.resolution < 1 ? 'below a millisecond' : `${access.resolution} ms`;
  const assumed = access.assumed.length === 0 ? '' : `, ${access.assumed.join(' and ')} assumed`;
  return [`ids: ${ids.length === 0 ? 'none' : ids.join(', ')}`, `times known to ${precision}${assumed}`];
}

function identifyLines(access: JudgedAccess): string[] {
  const person = access.principal
    ? `${access.principal.id} (${access.principal.kind})`
    : 'not in the inventory';
  const tier = access.tier === null ? '' : `, tier ${access.tier}`;
  return [
    `account ${access.account}: ${person}`,
    ...chainLines(access),
    `target ${access.target} (${access.targetKind}${tier})`,
  ];
}

/** From the person to the identity that was used, as far as the trail shows. */
function chainLines({ cloud }: JudgedAccess): string[] {
  if (cloud === null) return [];
  const mfa = cloud.mfa === null ? '' : `, MFA ${cloud.mfa ? 'used' : 'not used'}`;
  const begins = cloud.chain.length > 1 ? [`chain ${cloud.chain.join(' → ')}`] : [];
  return [`${cloud.identity} ${cloud.arn ?? 'without an ARN'}${mfa}`, ...begins];
}

function sessionLines(access: JudgedAccess): string[] {
  const end = access.closed === null ? 'no end seen' : `${toIso(access.closed)} (by ${access.closedBy})`;
  const origin =
    access.origin === null ? [] : [`from ${access.origin.ip} port ${access.origin.port ?? 'unknown'}`];
  return [
    `${access.path}, opened ${toIso(access.opened)}, closed ${end}`,
    ...origin,
    ...(access.via === null ? [] : [`carried by ${access.via}`]),
    ...access.parents.map((uid) => `inside ${uid}`),
    `seen by ${access.streams.join(', ')}`,
  ];
}

function matchLines(access: JudgedAccess, recordings: ReadonlyMap<string, JudgedRecording>): string[] {
  const taken = access.recordings.map((cover) => {
    const recording = recordings.get(cover.uid);
    const where = recording ? ` in ${recording.ref.source}` : '';
    return `taken: ${cover.uid} (${cover.join}: ${cover.why}; covers ${percent(cover.covers)})${where}`;
  });
  const missed = access.nearMisses.map((miss) => `not taken: ${miss.uid}, because ${miss.why}`);
  return taken.length + missed.length === 0 ? ['no recording came into question'] : [...taken, ...missed];
}

function assessLines(access: JudgedAccess): string[] {
  return [
    `evidence: ${access.evidence.required} required, ${access.evidence.found} found`,
    ...access.reasons.map((reason) => `${reason.code}: ${reason.detail}`),
    `verdict: ${access.verdict}`,
  ];
}

function evaluateLines(access: JudgedAccess, findings: readonly Finding[]): string[] {
  const exception = access.exception ?? access.acceptedAfterwards;
  const when = access.exception ? 'in force' : 'approved afterwards';
  return [
    `privileged: ${access.privileged}, break-glass: ${access.breakGlass}`,
    exception === null ? 'no exception applies' : `exception ${exception.id} ${when}`,
    ...findings.map((one) => `finding ${one.uid}: ${one.check} (${one.level}), by rule ${one.rule}`),
  ];
}

function dispatchLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ['nothing to alert'];
  return findings.map((one) => `${one.uid}: ${one.status}, since ${toIsoOrNull(one.time)}`);
}
