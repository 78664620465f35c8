import { parseInstant } from '../util/instant.ts';
import { suggest } from '../util/decode-yaml.ts';
import { quoteKey, type YamlPath } from '../util/yaml-nodes.ts';
import type { PlacedYaml, YamlProblem } from '../util/yaml-places.ts';

/**
 * Names that must be unique and names that must exist, checked on the file as written, so that they are reported
 * together with every other problem.
 */
export function findReferenceProblems(yaml: PlacedYaml): YamlProblem[] {
  const problem = ({ path }: Named, message: string): YamlProblem => {
    const offset = yaml.offsetOf(path);
    return { offset, place: yaml.placeAt(offset), message };
  };
  return [
    ...UNIQUE.flatMap((pattern) => repeated(namesAt(yaml.value, pattern), problem)),
    ...repeated(
      // Streams are named after all of them.
      ['sources', 'hosts', 'receive'].flatMap((name) => namesAt(yaml.value, [name, '*', 'id'])),
      problem,
    ),
    ...repeated(targetNames(yaml.value), problem),
    ...shared(yaml.value, problem),
    ...REFERENCES.flatMap((reference) => missing(yaml.value, reference, problem)),
    ...withoutWitness(yaml.value, problem),
    ...hostProblems(yaml.value, problem),
  ];
}

/** A path in which `*` stands for every entry of a list or mapping. */
type Pattern = readonly string[];

interface Named {
  readonly path: YamlPath;
  readonly name: string;
}

type Report = (named: Named, message: string) => YamlProblem;

const UNIQUE: readonly Pattern[] = [
  ['recorders', '*', 'id'],
  ['aws', '*', 'id'],
  ['receivers', '*', 'id'],
  ['principals', '*', 'id'],
];

const WITNESSES = ['sources', 'aws', 'hosts', 'receive'] as const;

const REFERENCES: readonly { readonly from: Pattern; readonly to: Pattern; readonly noun: string }[] = [
  { from: ['route', 'receivers', '*'], to: ['receivers', '*', 'id'], noun: 'receiver' },
  { from: ['targets', '*', 'recorder'], to: ['recorders', '*', 'id'], noun: 'recorder' },
  { from: ['targets', '*', 'tier'], to: ['tiers'], noun: 'tier' },
  { from: ['hosts', '*', 'jump'], to: ['hosts', '*', 'id'], noun: 'host' },
  { from: ['break_glass', 'principals', '*'], to: ['principals', '*', 'id'], noun: 'principal' },
];

/** Without a witness there is nothing to watch; an empty list and an absent one mean the same. */
function withoutWitness(value: unknown, report: Report): YamlProblem[] {
  if (!isMapping(value) || WITNESSES.some((name) => isFilled(value[name]))) return [];
  const path = Object.hasOwn(value, 'sources') ? ['sources'] : [];
  return [
    report({ path, name: '' }, 'there must be a witness: an entry of `sources`, `aws`, `hosts` or `receive`'),
  ];
}

/** A host that nothing is read of must serve others as a way, and no way may lead back to where it began. */
function hostProblems(value: unknown, report: Report): YamlProblem[] {
  const hosts = entriesAt(value, ['hosts', '*']);
  const jumps = new Map(
    hosts.flatMap(({ found }) => namesAt(found, ['id']).map(({ name }) => [name, jumpOf(found)])),
  );
  const used = new Set(jumps.values());
  return hosts.flatMap(({ path, found }) => {
    const [own] = namesAt(found, ['id']);
    if (own === undefined || !isMapping(found)) return [];
    const named = { path: [...path, 'id'], name: own.name };
    const isRead = found['journal'] === true || isFilled(found['files']);
    if (!isRead && !used.has(own.name)) return [report(named, 'needs `files` or `journal: true`')];
    return isCircular(own.name, jumps) ? [report(named, 'its `jump` leads back to itself')] : [];
  });
}

function jumpOf(host: unknown): string | undefined {
  return namesAt(host, ['jump'])[0]?.name;
}

function isCircular(start: string, jumps: ReadonlyMap<string, string | undefined>): boolean {
  let at = jumps.get(start);
  for (let steps = 0; at !== undefined && steps <= jumps.size; steps++) {
    if (at === start) return true;
    at = jumps.get(at);
  }
  return false;
}

/** Of another kind than a list it is told by the schema. */
function isFilled(block: unknown): boolean {
  return Array.isArray(block) ? block.length > 0 : block != null;
}

function repeated(names: readonly Named[], report: Report): YamlProblem[] {
  const seen = new Set<string>();
  return names.flatMap((named) => {
    // Host names and ids are compared as people read them.
    const key = named.name.toLowerCase();
    if (seen.has(key)) return [report(named, `the name ${quoteKey(named.name)} is already taken`)];
    seen.add(key);
    return [];
  });
}

/** A target that lists its own id as an alias repeats itself harmlessly; two targets that share a name do not. */
function targetNames(value: unknown): Named[] {
  return entriesAt(value, ['targets', '*']).flatMap(({ path, found }) => {
    const own = new Map<string, Named>();
    for (const pattern of [['id'], ['aliases', '*'], ['addresses', '*']]) {
      for (const { path: rest, name } of namesAt(found, pattern)) {
        if (!own.has(name.toLowerCase())) own.set(name.toLowerCase(), { path: [...path, ...rest], name });
      }
    }
    return [...own.values()];
  });
}

function missing(
  value: unknown,
  { from, to, noun }: (typeof REFERENCES)[number],
  report: Report,
): YamlProblem[] {
  const known = to.length === 1 ? keysAt(value, to) : namesAt(value, to).map(({ name }) => name);
  return namesAt(value, from)
    .filter(({ name }) => !known.includes(name))
    .map((named) =>
      report(named, `there is no ${noun} ${quoteKey(named.name)}${suggest(named.name, known)}`),
    );
}

interface Claim extends Named {
  readonly owner: number;
  readonly from: number;
  readonly until: number;
}

/** A login name, key or certificate that two principals have at the same time names nobody. */
function shared(value: unknown, report: Report): YamlProblem[] {
  const claims = entriesAt(value, ['principals', '*']).flatMap(({ path, found }, owner): Claim[] => {
    const from = instantAt(found, 'valid_from') ?? -Infinity;
    const until = instantAt(found, 'valid_until') ?? Infinity;
    return ['aliases', 'keys', 'certificates'].flatMap((list) =>
      namesAt(found, [list, '*']).map((named) => ({
        name: named.name,
        path: [...path, ...named.path],
        owner,
        from,
        until,
      })),
    );
  });
  const byName = Map.groupBy(claims, ({ name }) => name);
  return [...byName.values()].flatMap((same) =>
    same
      .filter((claim, index) => same.slice(0, index).some((earlier) => overlaps(earlier, claim)))
      .map((claim) =>
        report(claim, `${quoteKey(claim.name)} is already that of another principal at the same time`),
      ),
  );
}

function overlaps(one: Claim, other: Claim): boolean {
  return one.owner !== other.owner && one.from < other.until && other.from < one.until;
}

function instantAt(value: unknown, key: string): number | null {
  const [named] = namesAt(value, [key]);
  return named === undefined ? null : parseInstant(named.name);
}

/** Every text that a pattern leads to; values of another kind are left to the schema. */
function namesAt(value: unknown, pattern: Pattern): Named[] {
  return entriesAt(value, pattern).flatMap(({ path, found }) =>
    typeof found === 'string' ? [{ path, name: found }] : [],
  );
}

function keysAt(value: unknown, pattern: Pattern): string[] {
  return entriesAt(value, pattern).flatMap(({ found }) => (isMapping(found) ? Object.keys(found) : []));
}

interface Found {
  readonly path: YamlPath;
  readonly found: unknown;
}

function entriesAt(value: unknown, pattern: Pattern, path: YamlPath = []): Found[] {
  const [step, ...rest] = pattern;
  if (step === undefined) return [{ path, found: value }];
  if (step === '*') {
    return Array.isArray(value)
      ? value.flatMap((entry, index) => entriesAt(entry, rest, [...path, index]))
      : [];
  }
  return isMapping(value) && Object.hasOwn(value, step) ? entriesAt(value[step], rest, [...path, step]) : [];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
