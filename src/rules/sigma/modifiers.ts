import { didYouMean } from '../../util/nearest.ts';
import type { Encoding } from './encode.ts';
import type { Anchor } from './pattern.ts';
import type { RegexFlags } from './regex/syntax.ts';
import { TIME_PARTS, type TimePart } from './time-part.ts';

const COMPARISONS = ['lt', 'lte', 'gt', 'gte'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** How a value is compared; `text` also takes numbers, booleans and null. */
export type Kind = 'text' | 're' | 'cidr' | 'compare' | 'part' | 'fieldref' | 'exists';

/** What a key of a selection, such as `reasons.code|contains|all`, asks for. */
export interface Plan {
  /** Dotted path as written; empty for keywords. */
  readonly field: string;
  readonly kind: Kind;
  /** Changes to the written value, in order. */
  readonly expansions: readonly ('expand' | 'windash')[];
  readonly encodings: readonly Encoding[];
  readonly anchor: Anchor;
  readonly cased: boolean;
  readonly comparison: Comparison | null;
  readonly part: TimePart | null;
  readonly flags: RegexFlags;
  /** Every value must match, not just one. */
  readonly all: boolean;
  /** No value may match. */
  readonly neq: boolean;
}

const ANCHORS = ['startswith', 'endswith', 'contains'] as const;
const WIDE = ['utf16le', 'utf16be', 'utf16', 'wide'] as const;
const BASE64 = ['base64', 'base64offset'] as const;
const FLAGS = ['i', 'm', 's'] as const;
const KINDS = ['re', 'cidr', 'fieldref', 'exists'] as const;

/** Every modifier of Sigma 2.1, and for each kind of value those that mean something together with it. */
const TEXT_MODIFIERS = ['expand', 'windash', ...WIDE, ...BASE64, ...ANCHORS, 'cased'];
const MODIFIERS = new Set<string>(
  [TEXT_MODIFIERS, FLAGS, KINDS, COMPARISONS, TIME_PARTS, ['all', 'neq']].flat(),
);
const ALLOWED: Readonly<Record<Kind, ReadonlySet<string>>> = {
  text: new Set([...TEXT_MODIFIERS, 'all', 'neq']),
  re: new Set(['expand', 're', ...FLAGS, 'all', 'neq']),
  cidr: new Set(['expand', 'cidr', 'all', 'neq']),
  compare: new Set([...COMPARISONS, 'all']),
  part: new Set([...TIME_PARTS, ...COMPARISONS, 'all', 'neq']),
  fieldref: new Set(['fieldref', ...ANCHORS, 'cased', 'all', 'neq']),
  exists: new Set(['exists']),
};
const ONE_OF: readonly (readonly string[])[] = [ANCHORS, WIDE, BASE64, COMPARISONS, TIME_PARTS];

/** A modifier that only has a meaning after another one. */
const AFTER: readonly { readonly late: readonly string[]; readonly early: readonly string[] }[] = [
  { late: FLAGS, early: ['re'] },
  { late: COMPARISONS, early: TIME_PARTS },
  { late: BASE64, early: WIDE },
  { late: ANCHORS, early: [...WIDE, ...BASE64] },
];

/**
 * Reads a key of a selection. The modifiers are those of the Sigma modifiers appendix 2.1.0; a chain that has no
 * meaning is refused with the reasons, never ignored.
 */
export function parseKey(key: string): { readonly plan: Plan; readonly errors: readonly string[] } {
  const [field = '', ...names] = key.split('|');
  const kind = kindOf(names);
  const errors = [
    ...names.flatMap(unknownModifier),
    ...new Set(
      names.filter((name, at) => names.indexOf(name) !== at).map((name) => `\`${name}\` stands twice`),
    ),
    ...foreignModifiers(kind, names),
    ...ONE_OF.flatMap((group) => severalOf(group, names)),
    ...AFTER.flatMap(({ late, early }) => misplaced(late, early, names)),
    ...contradictions(names),
  ];
  return { plan: toPlan(field, kind, names), errors };
}

function toPlan(field: string, kind: Kind, names: readonly string[]): Plan {
  return {
    field,
    kind,
    expansions: names.filter((name) => name === 'expand' || name === 'windash'),
    encodings: names.filter((name) => isOneOf([...WIDE, ...BASE64], name)),
    anchor: ANCHORS.find((anchor) => names.includes(anchor)) ?? 'whole',
    cased: names.includes('cased'),
    comparison: COMPARISONS.find((name) => names.includes(name)) ?? null,
    part: TIME_PARTS.find((name) => names.includes(name)) ?? null,
    flags: { i: names.includes('i'), m: names.includes('m'), s: names.includes('s') },
    all: names.includes('all'),
    neq: names.includes('neq'),
  };
}

function kindOf(names: readonly string[]): Kind {
  const kind = KINDS.find((name) => names.includes(name));
  if (kind !== undefined) return kind;
  if (names.some((name) => isOneOf(TIME_PARTS, name))) return 'part';
  return names.some((name) => isOneOf(COMPARISONS, name)) ? 'compare' : 'text';
}

function isOneOf<T extends string>(group: readonly T[], name: string): name is T {
  return group.some((member) => member === name);
}

function unknownModifier(name: string): string[] {
  return MODIFIERS.has(name) ? [] : [`unknown modifier \`${name}\`${didYouMean(name, MODIFIERS)}`];
}

function foreignModifiers(kind: Kind, names: readonly string[]): string[] {
  const lead = names.find((name) => !ALLOWED.text.has(name) && ALLOWED[kind].has(name)) ?? kind;
  const foreign = names.filter((name) => MODIFIERS.has(name) && !ALLOWED[kind].has(name));
  return foreign.map((name) =>
    kind === 'text'
      ? `\`${name}\` needs \`re\` before it`
      : `\`${name}\` means nothing together with \`${lead}\``,
  );
}

function severalOf(group: readonly string[], names: readonly string[]): string[] {
  const used = new Set(names.filter((name) => group.includes(name)));
  return used.size < 2 ? [] : [`only one of ${[...used].map((name) => `\`${name}\``).join(', ')} at a time`];
}

function misplaced(late: readonly string[], early: readonly string[], names: readonly string[]): string[] {
  const first = names.findIndex((name) => late.includes(name));
  const last = names.findLastIndex((name) => early.includes(name));
  return first >= 0 && first < last ? [`\`${names[first]}\` must stand after \`${names[last]}\``] : [];
}

/** "Not equal" over several values has one meaning, none of them; with `all` it would have two. */
function contradictions(names: readonly string[]): string[] {
  return names.includes('neq') && names.includes('all')
    ? ['`neq` already means none of the values; `all` with it is ambiguous']
    : [];
}
