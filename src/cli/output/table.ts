import { styleText } from 'node:util';
import type { JudgedAccess, Verdict } from '../../model/access.ts';
import type { Finding, Level } from '../../model/finding.ts';
import type { Judgement } from '../../model/judgement.ts';
import { clock, fit, fitEnd, percent, plural, originText, printable } from './text.ts';

export interface TableOptions {
  readonly color: boolean;
  /** Accesses of each kind listed; the rest is counted. */
  readonly most: number;
  /** Places where something could not be read, and files that were passed over. */
  readonly errors: readonly string[];
  readonly skipped: readonly string[];
}

type Color = Parameters<typeof styleText>[0];
const COLORS: Readonly<Record<Verdict, Color>> = {
  recorded: 'green',
  excepted: 'cyan',
  pending: 'blue',
  undetermined: 'yellow',
  inadequate: 'magenta',
  unrecorded: 'red',
};
const LEVEL_COLORS: Readonly<Record<Level, Color>> = {
  informational: 'gray',
  low: 'blue',
  medium: 'yellow',
  high: 'red',
  critical: 'redBright',
};
/** Worst first: what a person must look at stands on top. */
const GAPS: readonly Verdict[] = ['unrecorded', 'inadequate', 'undetermined'];

/** The judgement for a person at a glance: coverage, gaps, findings, then the health of the measurement. */
export function toTable(judgement: Judgement, options: TableOptions): string {
  const paint = painter(options.color);
  return [
    ...coverageLines(judgement, paint),
    ...gapLines(judgement, options, paint),
    ...otherLines(judgement, options, paint),
    ...findingLines(judgement, options, paint),
    ...healthLines(judgement, options, paint),
    '',
  ].join('\n');
}

type Paint = (color: Color, text: string) => string;

function painter(color: boolean): Paint {
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}

function coverageLines({ coverage, accesses, now }: Judgement, paint: Paint): string[] {
  const { byVerdict, privileged, certain, possible } = coverage;
  const range = certain === possible ? percent(certain) : `${percent(certain)} to ${percent(possible)}`;
  const counts = Object.entries(byVerdict)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => paint(COLORS[verdict as Verdict], `${count} ${verdict}`));
  const others = accesses.length - privileged;
  const unprivileged = others > 0 ? `, and ${plural(others, 'other access', 'other accesses')}` : '';
  return [
    `${paint('bold', 'Coverage')}  ${privileged === 0 ? 'no privileged access seen' : `${range} recorded`}`,
    `  ${plural(privileged, 'privileged access', 'privileged accesses')}${unprivileged}, judged as of ${clock(now)}`,
    ...(counts.length === 0 ? [] : [`  ${counts.join(' · ')}`]),
  ];
}

function gapLines(judgement: Judgement, options: TableOptions, paint: Paint): string[] {
  const gaps = GAPS.flatMap((verdict) =>
    judgement.accesses.filter((one) => one.verdict === verdict && one.privileged),
  );
  if (gaps.length === 0) return [];
  return ['', paint('bold', 'Gaps'), ...rows(gaps, options, paint)];
}

function otherLines(judgement: Judgement, options: TableOptions, paint: Paint): string[] {
  const others = judgement.accesses.filter((one) => one.privileged && !GAPS.includes(one.verdict));
  if (others.length === 0) return [];
  return ['', paint('bold', 'Recorded, excepted and pending'), ...rows(others, options, paint)];
}

function rows(accesses: readonly JudgedAccess[], options: TableOptions, paint: Paint): string[] {
  const shown = accesses.slice(0, options.most);
  const more = accesses.length - shown.length;
  return [
    ...shown.flatMap((access) => row(access, paint)),
    ...(more > 0
      ? [`  … and ${plural(more, 'more access', 'more accesses')} (--format ndjson lists all)`]
      : []),
  ];
}

function row(access: JudgedAccess, paint: Paint): string[] {
  const who = access.actor === null ? access.account : `${access.actor}→${access.account}`;
  const origin = originText(access);
  const head = [
    paint(COLORS[access.verdict], fit(access.verdict, 12)),
    clock(access.opened),
    fit(access.path, 11),
    fit(`${who}@${access.target}`, 26),
    fit(origin, 22),
    paint('gray', access.uid),
  ].join(' ');
  const [reason] = access.reasons;
  const exception = access.exception === null ? [] : [`      ${access.exception.id}: approved exception`];
  const why = reason ? [`      ${paint('gray', `${reason.code}: ${printable(reason.detail)}`)}`] : [];
  return [`  ${head}`, ...exception, ...(access.verdict === 'recorded' ? [] : why)];
}

function findingLines(judgement: Judgement, options: TableOptions, paint: Paint): string[] {
  const open = judgement.findings.filter((finding) => finding.status !== 'resolved');
  if (open.length === 0) return [];
  const groups = Map.groupBy(open, (finding) => `${finding.level}\0${finding.check}`);
  const ranked = [...groups.values()].sort((a, b) => rank(b[0]) - rank(a[0]) || b.length - a.length);
  return [
    '',
    paint('bold', `Findings (${open.length})`),
    ...ranked.slice(0, options.most).map((group) => findingRow(group, paint)),
  ];
}

const LEVEL_ORDER: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];

function rank(finding: Finding | undefined): number {
  return finding ? LEVEL_ORDER.indexOf(finding.level) : -1;
}

function findingRow(group: readonly Finding[], paint: Paint): string {
  const [first] = group;
  if (!first) return '';
  const where = [...new Set(group.map((one) => one.target ?? one.subject.uid))];
  const places = where.slice(0, 3).map(printable).join(', ') + (where.length > 3 ? ', …' : '');
  const count = String(group.length).padStart(4);
  return `  ${paint(LEVEL_COLORS[first.level], fit(first.level, 13))} ${count} × ${fit(first.check, 28)} ${printable(first.title)} (${places})`;
}

function healthLines(judgement: Judgement, options: TableOptions, paint: Paint): string[] {
  const sources = judgement.sources.map((source) => {
    const last = source.last === null ? 'no time' : `until ${clock(source.last)}`;
    const notes = [
      source.rejected > 0 ? paint('red', `${source.rejected} not understood`) : '',
      source.heldBack > 0 ? `last line unfinished (${source.heldBack} bytes held back)` : '',
      source.lost > 0 ? paint('red', `${source.lost} lost`) : '',
      source.assumed.length > 0 ? `${source.assumed.join(' and ')} assumed${zoneNote(source.zone)}` : '',
      source.error === null ? '' : paint('red', printable(source.error)),
    ].filter((note) => note !== '');
    const level = source.logLevel === 'unknown' ? '' : `, sshd ${source.logLevel}`;
    return `  ${fitEnd(source.id, 34)} ${fit(source.type, 9)} ${plural(source.records, 'record')}, ${plural(source.events, 'event')}${level}, ${last}${notes.length === 0 ? '' : `; ${notes.join('; ')}`}`;
  });
  const recorders = judgement.recorders.map((one) => {
    const errors = one.errors.length === 0 ? '' : `; ${paint('red', printable(one.errors[0] ?? ''))}`;
    return `  ${fit(one.id, 34)} ${fit(one.type, 9)} ${plural(one.recordings, 'recording')}${errors}`;
  });
  return [
    '',
    paint('bold', 'Sources and recorders'),
    ...sources,
    ...recorders,
    ...(options.skipped.length === 0
      ? []
      : [`  passed over, no known format: ${skippedText(options.skipped)}`]),
    ...options.errors.map((error) => paint('red', `  error: ${printable(error)}`)),
  ];
}

function zoneNote(zone: string | null): string {
  return zone === null ? '' : ` (${zone})`;
}

function skippedText(skipped: readonly string[]): string {
  const shown = skipped.slice(0, 5).map(printable).join(', ');
  return skipped.length > 5 ? `${shown} and ${skipped.length - 5} more` : shown;
}
