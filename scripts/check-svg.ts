import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { toTable } from '../src/cli/output/table.ts';
import { checkFolder } from '../src/daemon/check-folder.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** What the picture shows being typed; its clock is fixed, so that the picture changes only with the output. */
export const COMMAND = 'npx offrecord check examples --now 2026-11-23T12:00:00Z';
export const PICTURE = fileURLToPath(new URL('../docs/check.svg', import.meta.url));

/** The terminal after `COMMAND`, as an SVG: the same text in the same colours, cut at the width of the window. */
export async function drawCheck(): Promise<string> {
  const result = await checkFolder([`${ROOT}examples`], {
    config: null,
    zone: 'UTC',
    now: Date.parse(COMMAND.slice(-20)),
    from: -Infinity,
    to: Infinity,
    signal: new AbortController().signal,
    progress: () => {},
  });
  const { judgement, errors, skipped } = result;
  const table = toTable(judgement, { color: true, most: 40, errors, skipped });
  return toSvg([
    `${ESCAPE}[90m$${ESCAPE}[39m ${ESCAPE}[1m${COMMAND}${ESCAPE}[22m`,
    ...table.trimEnd().split('\n'),
  ]);
}

// Lines of accesses are longer by a part of their uid: at 110 columns the text is readable in a README.
const COLUMNS = 110;
const CELL = { width: 8, height: 18 };
const MARGIN = { x: 16, top: 40, bottom: 16 };

function toSvg(lines: readonly string[]): string {
  const width = COLUMNS * CELL.width + 2 * MARGIN.x;
  const height = lines.length * CELL.height + MARGIN.top + MARGIN.bottom;
  const text = lines.flatMap((line, row) => drawLine(line, MARGIN.top + row * CELL.height + 13));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>Output of ${COMMAND}</title>
<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;white-space:pre;fill:#d6dbe2}</style>
<rect width="${width}" height="${height}" rx="8" fill="#14181f"/>
<g fill="#3a424e"><circle cx="20" cy="19" r="6"/><circle cx="40" cy="19" r="6"/><circle cx="60" cy="19" r="6"/></g>
${text.join('\n')}
</svg>
`;
}

/** Letters of one style that follow one another. */
interface Run {
  readonly text: string;
  readonly column: number;
  readonly bold: boolean;
  readonly fill: string | null;
}

/** Each word group stands at its column and is held to its width, whatever font the reader has. */
function drawLine(line: string, y: number): string[] {
  return toRuns(line).map(({ text, column, bold, fill }) => {
    const x = MARGIN.x + column * CELL.width;
    const rules = [...(fill === null ? [] : [`fill:${fill}`]), ...(bold ? ['font-weight:bold'] : [])];
    const style = rules.length === 0 ? '' : ` style="${rules.join(';')}"`;
    const length = `textLength="${Array.from(text).length * CELL.width}" lengthAdjust="spacingAndGlyphs"`;
    return `<text x="${x}" y="${y}" ${length}${style} xml:space="preserve">${escapeXml(text)}</text>`;
  });
}

const ESCAPE = '\u001B';
const SEQUENCE = new RegExp(`${ESCAPE}\\[(\\d+)m`);

function toRuns(line: string): Run[] {
  const runs: Run[] = [];
  let [bold, fill, column]: [boolean, string | null, number] = [false, null, 0];
  for (const [at, part] of line.split(SEQUENCE).entries()) {
    // With one group, split gives text and codes in turn.
    if (at % 2 === 1) {
      if (part === '1' || part === '22') bold = part === '1';
      else fill = colourOf(part);
      continue;
    }
    const text = cut(part, column, line);
    for (const word of text.matchAll(/\S+(?: \S+)*/gu)) {
      runs.push({ text: word[0], column: column + Array.from(text.slice(0, word.index)).length, bold, fill });
    }
    column += Array.from(part).length;
  }
  return runs;
}

function cut(text: string, column: number, line: string): string {
  const letters = Array.from(text);
  const isTooLong = Array.from(line.replaceAll(new RegExp(SEQUENCE, 'g'), '')).length > COLUMNS;
  if (!isTooLong || column + letters.length < COLUMNS) return text;
  const left = COLUMNS - 1 - column;
  return left < 0 ? '' : `${letters.slice(0, left).join('')}…`;
}

/** The colours of a dark terminal by the codes that the table is printed with; 39 is the usual one again. */
const COLOURS: Readonly<Record<string, string | null>> = {
  '31': '#ff7b72',
  '32': '#56d364',
  '33': '#e3b341',
  '34': '#79c0ff',
  '35': '#d2a8ff',
  '36': '#56d4dd',
  '39': null,
  '90': '#8b949e',
  '91': '#ffa198',
};

function colourOf(code: string): string | null {
  const colour = COLOURS[code];
  if (colour === undefined) throw new Error(`the table is printed with the unknown code ${code}`);
  return colour;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

if (import.meta.main) await writeFile(PICTURE, await drawCheck());
