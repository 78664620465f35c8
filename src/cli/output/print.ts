import type { Judgement } from '../../model/judgement.ts';
import { type ExitCode, type Io, writeLines } from '../io.ts';
import { toHtml } from './html.ts';
import * as shapes from './shapes.ts';
import { toTable } from './table.ts';

export type OutputFormat = 'table' | 'json' | 'ndjson' | 'html';

export interface PrintContext {
  readonly errors: readonly string[];
  readonly skipped: readonly string[];
  readonly exit: ExitCode;
}

/** Rows of each kind in a table; scripts take NDJSON. */
const TABLE_ROWS = 40;

/** Prints a judgement in the format asked for. */
export async function print(
  judgement: Judgement,
  format: OutputFormat,
  context: PrintContext,
  io: Io,
): Promise<void> {
  if (format === 'ndjson') return writeLines(io, linesOf(judgement, context));
  if (format === 'json') return io.out(`${JSON.stringify(toJson(judgement, context), null, 2)}\n`);
  if (format === 'html') return io.out(toHtml(judgement, context.errors));
  const { errors, skipped } = context;
  const color = io.isTerminal && io.env['NO_COLOR'] === undefined;
  return io.out(toTable(judgement, { color, most: TABLE_ROWS, errors, skipped }));
}

function* linesOf(judgement: Judgement, { errors, exit }: PrintContext): Generator<object> {
  for (const access of judgement.accesses) yield shapes.accessLine(access);
  for (const recording of judgement.recordings) yield shapes.recordingLine(recording);
  for (const finding of judgement.findings) yield shapes.findingLine(finding);
  for (const source of judgement.sources) yield shapes.sourceLine(source);
  for (const recorder of judgement.recorders) yield shapes.recorderLine(recorder);
  yield shapes.summaryLine(judgement, errors, exit);
}

function toJson(judgement: Judgement, { errors, exit }: PrintContext) {
  return {
    accesses: judgement.accesses.map(shapes.accessLine),
    recordings: judgement.recordings.map(shapes.recordingLine),
    findings: judgement.findings.map(shapes.findingLine),
    sources: [...judgement.sources.map(shapes.sourceLine), ...judgement.recorders.map(shapes.recorderLine)],
    summary: shapes.summaryLine(judgement, errors, exit),
  };
}
