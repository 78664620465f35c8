import type { Problem } from '../../model/recording.ts';
import { plural } from '../text.ts';
import { parseMetaLines, parseSummary } from './metadata.ts';
import type { Container, Member } from './reading.ts';

const SUMS = 'SHA256SUM';
const SIGNATURE = 'SHA256SUM.sig';
const JOURNAL = '.journal';
// They are written beside the sums, which cannot hold their own.
const UNSUMMED: ReadonlySet<string> = new Set([SUMS, SIGNATURE, JOURNAL]);

/** What is wrong within one container: sums, signature, journal, summary and what its meta file lists. */
export function containerProblems(container: Container): readonly Problem[] {
  const members = new Map(container.members.map((member) => [member.name, member]));
  return [
    ...sumProblems(container, members),
    ...signatureProblems(container, members),
    ...journalProblems(container, members.get(JOURNAL)),
    ...summaryProblems(container),
  ];
}

/** Containers and files of chunks that a meta file lists and that are not there. */
export function listedProblems(containers: readonly Container[]): readonly Problem[] {
  const paths = new Set(containers.map(({ path }) => path));
  return containers.flatMap((container) => {
    const names = new Set(container.members.map(({ name }) => name));
    const meta = metaOf(container);
    const folders = [...(meta.get('connection') ?? []), ...(meta.get('channel') ?? [])];
    const files = ['messages', 'requests'].flatMap((kind) =>
      (meta.get(kind) ?? []).map((direction) => `${kind}-${direction}.data`),
    );
    // Without anything in it a bucket shows no folder.
    const gone = folders.filter(
      (name) => !paths.has(container.path === '' ? name : `${container.path}/${name}`),
    );
    return [
      ...gone.map((name) =>
        gap(container, `a ${/\.(\w{1,16})$/.exec(name)?.[1] ?? 'part'} that is listed is absent`),
      ),
      ...files
        .filter(
          (name) =>
            /^[a-z]+-(?:in|out)bound\.data$/.test(name) && !names.has(name) && !isSummed(container, name),
        )
        .map((name) => gap(container, `${name} is listed and absent`)),
    ];
  });
}

/** The lines of a container's meta file. */
export function metaOf(container: Container): ReturnType<typeof parseMetaLines> {
  return parseMetaLines(container.members.find(({ name }) => name.endsWith('-recording.meta'))?.text ?? '');
}

interface Sums {
  readonly byName: ReadonlyMap<string, string>;
  readonly unknown: number;
}

/** Lines as sha256sum writes them, for text or binary. */
function parseSums(text: string): Sums {
  const lines = text.split('\n').filter((line) => line !== '');
  const known = lines.flatMap((line): [string, string][] => {
    const [, sum, name] = /^([0-9a-f]{64}) [ *]([^/]{1,255})$/.exec(line) ?? [];
    return sum === undefined || name === undefined ? [] : [[name, sum]];
  });
  return { byName: new Map(known), unknown: lines.length - known.length };
}

function isSummed(container: Container, name: string): boolean {
  return parseSums(container.members.find((member) => member.name === SUMS)?.text ?? '').byName.has(name);
}

function sumProblems(container: Container, members: ReadonlyMap<string, Member>): readonly Problem[] {
  const file = members.get(SUMS);
  if (file?.result === null) return [];
  const sums = parseSums(file?.text ?? '');
  if (sums.byName.size === 0 && sums.unknown === 0)
    return [problem(container, 'recording-not-closed', `${SUMS} is absent or empty`)];
  const problems = [...sums.byName].flatMap(([name, sum]): Problem[] => {
    const member = members.get(name);
    if (member === undefined) return [gap(container, `${shownName(name)} has a sum and is absent`)];
    const found = member.result?.digest.sha256;
    if (found === undefined || found === sum) return [];
    return [
      problem(
        container,
        'recording-altered',
        `${name} has sha256 ${found.slice(0, 12)}… where ${SUMS} says ${sum.slice(0, 12)}…`,
      ),
    ];
  });
  if (sums.unknown > 0)
    problems.push(
      problem(container, 'recording-altered', `${SUMS} has ${plural(sums.unknown, 'line')} in no known form`),
    );
  // A sum is written when its file is closed.
  const open = [...members.keys()].filter((name) => !sums.byName.has(name) && !UNSUMMED.has(name));
  return [
    ...problems,
    ...open.map((name) => problem(container, 'recording-not-closed', `${name} has no sum`)),
  ];
}

/** The signature needs Boundary's own keys: only that there is one can be seen. It is written last of all. */
function signatureProblems(container: Container, members: ReadonlyMap<string, Member>): readonly Problem[] {
  const signature = members.get(SIGNATURE);
  if (signature !== undefined && (signature.result === null || signature.file.size > 0)) return [];
  return [problem(container, 'recording-not-closed', `${SIGNATURE} is absent or empty`)];
}

/** The journal helps Boundary after a crash: what it names as created and not as closed was open to the end. */
function journalProblems(container: Container, journal: Member | undefined): readonly Problem[] {
  const last = new Map<string, string>();
  for (const line of journal?.text.split('\n') ?? []) {
    const [, step, name] = /^(CREATING|CREATED|CLOSING|CLOSED) (\S{1,255})$/.exec(line) ?? [];
    if (step !== undefined && name !== undefined) last.set(name, step);
  }
  const open = [...last.values()].filter((step) => step !== 'CLOSED').length;
  if (open === 0) return [];
  return [problem(container, 'recording-not-closed', `its journal leaves ${plural(open, 'file')} open`)];
}

function summaryProblems(container: Container): readonly Problem[] {
  return container.members.flatMap(({ name, text, result }): Problem[] => {
    if (!name.endsWith('-recording-summary.json') || result === null) return [];
    const summary = parseSummary(text);
    if (summary === null)
      return [problem(container, 'recording-not-closed', `${name} is not written to its end`)];
    return summary.failed
      ? [problem(container, 'recording-failed', `${name} notes an error of Boundary's`)]
      : [];
  });
}

/** Names in sums are the writer's: only those of the format are repeated. */
function shownName(name: string): string {
  return /^[A-Za-z0-9._-]{1,64}$/.test(name) ? name : 'a file';
}

function gap(container: Container, detail: string): Problem {
  return problem(container, 'recording-gap', detail);
}

function problem({ path }: Container, code: Problem['code'], detail: string): Problem {
  return { code, detail: path === '' ? detail : `${path}: ${detail}` };
}
