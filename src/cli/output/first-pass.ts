import { relative } from 'node:path';
import type { Config } from '../../config/schema.ts';
import type { PassResult } from '../../daemon/pass.ts';
import type { Io } from '../io.ts';
import { toTable } from './table.ts';
import { plural, printable } from './text.ts';

/** What a person sees when the daemon has made its first pass: the verdicts, where alerts went, and what to do next. */
export async function printFirstPass(
  { judgement, alerts }: PassResult,
  config: Config,
  once: boolean,
  io: Io,
): Promise<void> {
  const color = io.isTerminal && io.env['NO_COLOR'] === undefined;
  await io.out(toTable(judgement, { color, most: 40, errors: [], skipped: [] }));
  const lines = [
    '',
    `Alerts: ${plural(alerts, 'new alert')} to ${plural(config.receivers.length, 'receiver')}`,
    ...config.receivers.map((one) => `  ${one.id}: ${printable(whereOf(one))}`),
    '',
    'Next:',
    '  npx offrecord explain UID --config FILE   how one access came to its verdict (UIDs stand in the table)',
    '  npx offrecord check /path/to/your/logs    judge your own logs and recordings',
    '  config.example.yaml                       the configuration that is running here, with comments',
    '',
    once
      ? ''
      : `Running: a pass on the schedule ${config.schedule}; Ctrl-C stops after the pass under way.\n`,
  ];
  await io.out(lines.join('\n'));
}

function whereOf(receiver: Config['receivers'][number]): string {
  if (receiver.type === 'file') return `files in ${relative(process.cwd(), receiver.path) || '.'}`;
  return receiver.type === 'email' ? `mail to ${receiver.to.join(', ')}` : 'webhook';
}
