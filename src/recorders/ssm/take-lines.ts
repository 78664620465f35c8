import type { Problem } from '../../model/recording.ts';
import { LINE_LIMIT, type Line, toLines } from '../lines.ts';
import type { Book } from './book.ts';
import { EXPORTED } from './forms.ts';
import { parseJson } from './message.ts';
import { FileProblems, type Taker, tooLong } from './taker.ts';

/** One JSON value a line. */
export function takeLines(file: string, book: Book): Taker {
  const problems = new FileProblems();
  let number = 0;
  const lines = toLines((line) => {
    number++;
    const where = `line ${number}`;
    const text = textOf(line);
    if (line.tooLong) return problems.add(tooLong(where));
    if (text.trim() === '') return;
    const problem = book.takeValue(parseJson(text), text, { file, where, ordered: true });
    if (problem !== null) problems.add(line.ended ? problem : breaksOff(where));
  });
  return { push: lines.push, finish: () => (lines.finish(), problems.list()) };
}

/** A time and a space before each event; the further lines of an event have none. */
export function takeExport(file: string, book: Book): Taker {
  const problems = new FileProblems();
  let number = 0;
  let held: { readonly time: number; readonly where: string; text: string } | null = null;
  const flush = (): void => {
    if (held === null) return;
    const { time, where, text } = held;
    held = null;
    if (text.length > LINE_LIMIT) return problems.add(tooLong(where));
    const problem = book.takeEvent({ stream: null, time, text }, { file, where, ordered: false });
    if (problem !== null) problems.add(problem);
  };
  const lines = toLines((line) => {
    number++;
    const text = textOf(line);
    // An export ends its last line: one without was cut.
    if (!line.ended) problems.add(breaksOff(`line ${number}`));
    const time = EXPORTED.test(text) ? Date.parse(text.slice(0, 24)) : Number.NaN;
    if (!Number.isNaN(time)) {
      flush();
      held = { time, where: `line ${number}`, text: text.slice(25) };
    } else if (held === null)
      problems.add({ code: 'recording-altered', detail: `line ${number} has no time` });
    else if (held.text.length <= LINE_LIMIT) held.text += `\n${text}`;
    if (line.tooLong) problems.add(tooLong(`line ${number}`));
  });
  const finish = (): readonly Problem[] => {
    lines.finish();
    flush();
    return problems.list();
  };
  return { push: lines.push, finish };
}

function textOf(line: Line): string {
  return Buffer.from(line.bytes).toString('utf8');
}

function breaksOff(where: string): Problem {
  return { code: 'recording-truncated', detail: `${where} breaks off at the end of the file` };
}
