import type { Problem } from '../../model/recording.ts';
import { count, plural } from '../text.ts';
import { type Parts, separateInput, type Typescript } from './parts.ts';
import type { TimingSums } from './timing.ts';
import type { Section } from './typescript.ts';

/** One session of a typescript as judged. `body` is the number of recorded bytes. */
export interface Judged {
  readonly body: number;
  readonly closed: boolean;
  readonly problems: readonly Problem[];
}

/** A session without timing: header, body, footer. */
export function judgeAlone(section: Section): Judged {
  const body = bodyOf(section, section.footer !== null);
  const problems: Problem[] = [];
  if (section.header === null && section.end > section.start)
    problems.push({ code: 'recording-altered', detail: 'the typescript does not begin with its header' });
  if (section.footer === null && section.end > section.start)
    problems.push({ code: 'recording-not-closed', detail: 'the typescript has no footer' });
  return { body, closed: section.footer !== null, problems: [...problems, ...sizeLimit(section)] };
}

/** A session with its timing: both must have ended, and the bytes counted must be there. */
export function judgeTimed(section: Section, timing: TimingSums, sameLog: boolean): Judged {
  const expected = timing.output + (sameLog ? timing.input : 0);
  const whole = bodyOf(section, false);
  // A footer that timing counts as shown was printed by the session itself and ends nothing.
  const footer = section.footer !== null && !(whole === expected && !timing.closed);
  const body = bodyOf(section, footer);
  const closed = footer && (timing.closed || !timing.advanced);
  const problems = [
    ...headerProblem(section),
    ...endProblems(footer, timing),
    ...sizeProblems(body, expected, closed),
    ...(footer ? sizeLimit(section) : []),
  ];
  return { body, closed, problems };
}

function bodyOf(section: Section, footer: boolean): number {
  const end = footer && section.footer !== null ? section.footer.bodyEnd : section.end;
  return Math.max(end - section.bodyStart, 0);
}

function headerProblem(section: Section): readonly Problem[] {
  if (section.header !== null || section.end === section.start) return [];
  return [{ code: 'recording-altered', detail: 'the typescript does not begin with its header' }];
}

/** Advanced timing ends together with the typescript; a classic one has no end of its own. */
function endProblems(footer: boolean, timing: TimingSums): readonly Problem[] {
  if (!footer && !timing.closed)
    return [{ code: 'recording-not-closed', detail: 'neither the typescript nor its timing has an end' }];
  if (!footer)
    return [
      { code: 'recording-truncated', detail: 'the timing was closed and the typescript has no footer' },
    ];
  if (timing.advanced && !timing.closed)
    return [
      { code: 'recording-truncated', detail: 'the typescript has its footer and the timing has no end' },
    ];
  return [];
}

/** Typescript and timing are flushed apart: while neither is closed more bytes than counted are no fault. */
function sizeProblems(body: number, expected: number, closed: boolean): readonly Problem[] {
  if (body === expected || (body > expected && !closed)) return [];
  return [
    {
      code: body < expected ? 'recording-truncated' : 'recording-altered',
      detail: `timing says ${plural(expected, 'byte')} and the typescript has ${count(body)}`,
    },
  ];
}

function sizeLimit(section: Section): readonly Problem[] {
  if (section.footer?.text.includes('[<max output size exceeded>]') !== true) return [];
  return [{ code: 'recording-truncated', detail: 'script stopped at its maximal output size' }];
}

/** What is wrong with the timing file itself and with an input log of its own. */
export function companionProblems(parts: Parts): readonly Problem[] {
  const timing = parts.timing?.sums;
  if (timing === undefined) return [];
  const problems: Problem[] = [];
  if (timing.cut) problems.push({ code: 'recording-truncated', detail: 'the timing breaks off in a line' });
  if (timing.unknown > 0)
    problems.push({
      code: 'recording-altered',
      detail: `the timing has ${plural(timing.unknown, 'line')} in no known form`,
    });
  return [...problems, ...inputProblems(parts.input, timing)];
}

function inputProblems(input: Typescript | null, timing: TimingSums): readonly Problem[] {
  const name = separateInput(timing);
  if (name === null) return [];
  const [section] = input?.sections ?? [];
  if (section === undefined)
    return timing.input === 0
      ? []
      : [
          {
            code: 'recording-gap',
            detail: `timing counts ${plural(timing.input, 'byte')} of input and ${name} is absent`,
          },
        ];
  const found = bodyOf(section, section.footer !== null);
  if (found === timing.input || (found > timing.input && !timing.closed)) return [];
  return [
    {
      code: found < timing.input ? 'recording-truncated' : 'recording-altered',
      detail: `timing says ${plural(timing.input, 'byte')} of input and ${name} has ${count(found)}`,
    },
  ];
}
