import { styleText } from 'node:util';
import type { AccessDifference, FindingDifference } from '../../daemon/replay/difference.ts';
import type { Replay } from '../../daemon/replay/replay.ts';
import type { JudgedAccess } from '../../model/access.ts';
import type { Finding } from '../../model/finding.ts';
import { countChanges } from './replay-lines.ts';
import { clock, fit, originText, plural, printable } from './text.ts';

/** Rows of each kind in a table; scripts take NDJSON. */
const ROWS = 40;

type Style = 'bold' | 'gray' | 'green' | 'red' | 'yellow';
type Paint = (style: Style, text: string) => string;

/** What would become different, for a person: accesses with both verdicts, findings, and the counts. */
export function toReplayTable(replay: Replay, { color }: { readonly color: boolean }): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const { accesses, findings } = replay.difference;
  const rows = (title: string, all: readonly string[]) => {
    const more = all.length - ROWS;
    const rest = more > 0 ? [`  … and ${more.toLocaleString('en-US')} more (--format ndjson lists all)`] : [];
    return all.length === 0
      ? []
      : ['', paint('bold', `${title} (${all.length})`), ...all.slice(0, ROWS), ...rest];
  };
  return [
    ...headLines(replay, paint),
    ...rows(
      'Accesses',
      accesses.map((one) => accessRow(one, paint)),
    ),
    ...rows(
      'Findings',
      findings.map((one) => findingRow(one, paint)),
    ),
    '',
    paint('bold', totals(replay)),
    '',
  ].join('\n');
}

function headLines({ from, to, now, read, compared, accesses }: Replay, paint: Paint): string[] {
  const facts = `${plural(read.events, 'event')} and ${plural(read.recordings, 'recording')}`;
  const kept =
    compared === null
      ? 'there is no store to compare with'
      : `compared with ${plural(accesses.before, 'access', 'accesses')} in ${printable(compared)}`;
  return [
    `${paint('bold', 'Replay')}  ${clock(from)} to ${clock(to)}, judged as of ${clock(now)}`,
    `  read ${facts} from ${read.from.map(printable).join(', ')}`,
    `  ${plural(accesses.after, 'access', 'accesses')} judged; ${kept}`,
    ...(accesses.unjudged === 0
      ? []
      : [
          `  ${plural(accesses.unjudged, 'access', 'accesses')} not judged: the store no longer has their records`,
        ]),
  ];
}

function accessRow({ change, before, after }: AccessDifference, paint: Paint): string {
  const access = after ?? before;
  if (access === null) return '';
  const who = access.actor === null ? access.account : `${access.actor}→${access.account}`;
  const head = [
    fit(change, 8),
    clock(access.opened),
    fit(access.path, 11),
    fit(`${who}@${access.target}`, 26),
    fit(originText(access), 22),
    paint('gray', access.uid),
  ].join(' ');
  const sides = [
    ...(before === null ? [] : [`      ${paint('yellow', 'before')} ${verdictText(before)}`]),
    ...(after === null ? [] : [`      ${paint('yellow', 'after ')} ${verdictText(after)}`]),
  ];
  return [`  ${head}`, ...sides].join('\n');
}

/** The verdict with every reason; an exception stands first, because it decides. */
function verdictText(access: JudgedAccess): string {
  const { verdict, exception, acceptedAfterwards, privileged, breakGlass, reasons } = access;
  const why = [
    ...(exception === null ? [] : [`approved exception ${exception.id}`]),
    ...(acceptedAfterwards === null ? [] : [`accepted afterwards by ${acceptedAfterwards.id}`]),
    ...(privileged ? [] : ['not privileged']),
    ...(breakGlass ? ['break-glass'] : []),
    ...reasons.map(({ code, detail }) => `${code}: ${detail}`),
  ];
  return `${verdict}${why.length === 0 ? '' : ` (${printable(why.join('; '))})`}`;
}

function findingRow({ change, before, after }: FindingDifference, paint: Paint): string {
  const finding = after ?? before;
  if (finding === null) return '';
  const style = change === 'resolves' ? 'green' : change === 'opens' ? 'red' : 'yellow';
  const where = printable(finding.target ?? finding.subject.uid);
  const text = `${fit(finding.level, 13)} ${fit(finding.check, 28)} ${printable(finding.title)} (${where})`;
  const uid = paint('gray', `${finding.uid} of ${printable(finding.subject.uid)}`);
  return `  ${paint(style, fit(change, 8))} ${text}${former(before, after)} ${uid}`;
}

function former(before: Finding | null, after: Finding | null): string {
  if (before === null || after === null) return '';
  if (before.level !== after.level) return `, was ${before.level}`;
  return before.title === after.title ? `, by rule ${after.rule}` : `, was "${printable(before.title)}"`;
}

function totals({ difference, errors }: Replay): string {
  const { accesses, findings } = countChanges(difference);
  const verdicts = `${plural(accesses.changed, 'access', 'accesses')} changed, ${accesses.new} new, ${accesses.gone} gone`;
  const told = `${plural(findings.opens, 'finding')} would open, ${findings.resolves} resolve, ${findings.changes} change`;
  const unread = errors.length === 0 ? '' : `; ${plural(errors.length, 'thing')} could not be read`;
  return `${verdicts}; ${told}${unread}`;
}
