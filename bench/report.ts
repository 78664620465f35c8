import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import type { Accuracy } from './accuracy.ts';
import { OFFRECORD } from './contestants.ts';
import { growthExponent, median, type Usage } from './measure.ts';
import type { Micro } from './micro.ts';
import type { Job, Results } from './results.ts';

const BEGIN = '<!-- measured -->';
const END = '<!-- /measured -->';

/** Replaces what stands between the two markers of a Markdown file. */
export function writeInto(path: string, drawn: string): void {
  const text = readFileSync(path, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} lacks ${BEGIN} … ${END}`);
  writeFileSync(path, `${before}${BEGIN}\n${drawn}\n${END}${after}`);
}

/** Everything that was measured, in Markdown. */
export function draw(results: Results): string {
  const parts = [
    machine(results),
    ...results.jobs.map(drawJob),
    drawGrowth(results.jobs),
    drawAccuracy(results.jobs),
  ];
  if (results.micro) parts.push(drawMicro(results.micro));
  return parts.join('\n\n');
}

function machine({ generator, seed, rounds, command }: Results): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const load = loadavg()[0]?.toFixed(1);
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores of ${cpu?.model.trim()}, ${memory}, Node.js ${process.version}; load`,
    `${load} when it ended. Generator \`${generator}\`, seed ${seed}, ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds in turn`}. Command: \`${command}\`.`,
  ].join('\n');
}

function drawJob({ set, contestants, usages }: Job): string {
  const floor = usages[0] ?? [];
  const rows = contestants.map(({ name, does }, at) => {
    const own = usages[at] ?? [];
    const ratios = own.map((usage, round) => usage.cpuS / (floor[round]?.cpuS ?? Number.NaN));
    return `| ${name} | ${does} | ${seconds(own, 'cpuS')} | ${number(median(ratios), 1)} | ${seconds(own, 'wallS')} | ${memoryOf(own)} |`;
  });
  const title = `### The whole job: ${set.events.toLocaleString('en')} events, ${number(set.bytes / 1e6, 0)} MB of logs`;
  const head = ['| program | does | CPU s | × grep | wall s | peak MB |', '|---|---|---|---|---|---|'];
  return [title, '', ...head, ...rows].join('\n');
}

function seconds(usages: readonly Usage[], what: 'cpuS' | 'wallS'): string {
  return number(median(usages.map((one) => one[what])), 2);
}

function memoryOf(usages: readonly Usage[]): string {
  const sizes = usages.flatMap((one) => one.rssMb ?? []);
  return sizes.length === 0 ? '–' : number(median(sizes), 0);
}

function number(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Own cost by size. */
function drawGrowth(jobs: readonly Job[]): string {
  const rows = jobs.map((job) => {
    const usages = job.usages[job.contestants.findIndex(({ name }) => name === OFFRECORD)] ?? [];
    const cpu = median(usages.map((one) => one.cpuS));
    return {
      size: job.set.events,
      cpu,
      row: `| ${job.set.events.toLocaleString('en')} | ${number(job.set.events / cpu, 0)} | ${number(job.set.bytes / cpu / 1e6, 1)} | ${memoryOf(usages)} |`,
    };
  });
  const exponent = growthExponent(rows.map(({ size, cpu }) => [size, cpu]));
  const growth =
    exponent === null
      ? []
      : ['', `CPU grows with the number of events to the power of ${number(exponent, 2)}.`];
  const head = [
    '### By size',
    '',
    '| events | events per CPU s | MB per CPU s | peak MB |',
    '|---|---|---|---|',
  ];
  return [...head, ...rows.map(({ row }) => row), ...growth].join('\n');
}

function drawAccuracy(jobs: readonly Job[]): string {
  const rows = jobs.map(({ set, accuracy }) => {
    const kinds = Object.entries(accuracy.byKind).map(
      ([kind, { planted, found }]) => `${kind} ${found}/${planted}`,
    );
    return `| ${set.events.toLocaleString('en')} | ${accuracy.found} of ${accuracy.planted} | ${accuracy.right} of ${accuracy.reported} | ${accuracy.undetermined} | ${kinds.toSorted().join(', ')} | ${elevationsOf(accuracy)} |`;
  });
  const head = [
    '### Against the planted truth',
    '',
    '| events | planted gaps found | reported sessions that were planted | undetermined | by kind | sudo verdicts (not planted) |',
    '|---|---|---|---|---|---|',
  ];
  return [...head, ...rows].join('\n');
}

function elevationsOf({ elevations }: Accuracy): string {
  const counts = Object.entries(elevations).map(([verdict, count]) => `${verdict} ${count}`);
  return counts.toSorted().join(', ');
}

function drawMicro(micro: Micro): string {
  const { coldStart: start, idle, joins } = micro;
  const exponent = growthExponent(joins.map(({ size, cpuS }) => [size, cpuS]));
  const rows = [
    ['`parse --as sshd`, lines per CPU s', number(micro.sshdLinesPerS, 0)],
    ['`parse --as cloudtrail`, MB per CPU s', number(micro.trailBytesPerS / 1e6, 1)],
    ['the same from gzip, MB inflated per CPU s', number(micro.trailGzipBytesPerS / 1e6, 1)],
    ...joins.map(({ size, cpuS, right }) => [
      `joining ${size.toLocaleString('en')} accesses with as many recordings, CPU s`,
      `${number(cpuS, 2)} (${number((cpuS / size) * 1e6, 0)} µs each; ${right.toLocaleString('en')} right)`,
    ]),
    ...(exponent === null ? [] : [['its growth exponent', number(exponent, 2)]]),
    [
      'cold start: `check examples`, CPU s (wall s)',
      `${number(start.checkCpuS, 2)} (${number(start.checkWallS, 2)})`,
    ],
    ['`node -e 0`, CPU s (wall s)', `${number(start.nodeCpuS, 2)} (${number(start.nodeWallS, 2)})`],
    ...(idle === null
      ? []
      : [
          [
            `idle daemon with ${idle.sources} sources, CPU ms a minute`,
            `${number(idle.cpuMsPerMinute, 0)} (${number(idle.rssMb, 0)} MB)`,
          ],
        ]),
  ];
  return [
    '### Parts',
    '',
    '| what | measured |',
    '|---|---|',
    ...rows.map(([what, value]) => `| ${what} | ${value} |`),
  ].join('\n');
}
