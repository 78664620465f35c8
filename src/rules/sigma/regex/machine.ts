import { isWord } from './characters.ts';
import type { Assertion, CharacterTest, RegexFlags, RegexNode } from './syntax.ts';
import { verifyLinearPattern } from './verify.ts';

/** Characters of a text that are looked at; what stands behind them is not searched. */
export const LONGEST_TEXT = 64 * 1024;

const NEWLINE = 0x0a;

interface CharacterState {
  readonly kind: 'character';
  readonly test: CharacterTest;
  readonly next: number;
}
interface AssertionState {
  readonly kind: 'assertion';
  readonly assertion: Assertion;
  readonly next: number;
}
interface SplitState {
  readonly kind: 'split';
  readonly targets: number[];
}
type State = CharacterState | AssertionState | SplitState | { readonly kind: 'match' };

/**
 * Makes the test whether a text holds a match anywhere. It runs all states side by side (Thompson 1968) and
 * never goes back, so its time is text × states. Throws PatternError for an expression that is not accepted.
 */
export function compileRegex(source: string, flags: RegexFlags): (text: string) => boolean {
  const states: State[] = [{ kind: 'match' }];
  const start = build(verifyLinearPattern(source, flags), 0, states);
  return (text) => run(states, start, toCodePoints(text), flags);
}

function toCodePoints(text: string): readonly number[] {
  return Array.from(text.slice(0, LONGEST_TEXT), (character) => character.codePointAt(0) ?? 0);
}

/** Adds the states of a node that go on to `next`; returns the first of them. */
function build(node: RegexNode, next: number, states: State[]): number {
  switch (node.kind) {
    case 'character':
      return states.push({ kind: 'character', test: node.test, next }) - 1;
    case 'assertion':
      return states.push({ kind: 'assertion', assertion: node.assertion, next }) - 1;
    case 'sequence':
      return node.items.reduceRight((after, item) => build(item, after, states), next);
    case 'alternation': {
      const targets = node.items.map((item) => build(item, next, states));
      return states.push({ kind: 'split', targets }) - 1;
    }
    case 'repeat':
      return buildRepeat(node, next, states);
  }
}

function buildRepeat(node: RegexNode & { kind: 'repeat' }, next: number, states: State[]): number {
  let first = next;
  if (node.max === Number.POSITIVE_INFINITY) {
    const loop: SplitState = { kind: 'split', targets: [next] };
    first = states.push(loop) - 1;
    loop.targets.push(build(node.item, first, states));
  } else {
    for (let i = node.min; i < node.max; i++) {
      const targets = [next, build(node.item, first, states)];
      first = states.push({ kind: 'split', targets }) - 1;
    }
  }
  for (let i = 0; i < node.min; i++) first = build(node.item, first, states);
  return first;
}

function run(states: readonly State[], start: number, text: readonly number[], flags: RegexFlags): boolean {
  let current: number[] = [];
  for (let at = 0; at <= text.length; at++) {
    const reached = close(states, [...current, start], text, at, flags);
    if (reached === null) return true;
    const code = text[at] ?? -1;
    current = reached.filter((state) => state.test(code)).map((state) => state.next);
  }
  return false;
}

/** All character states reachable without reading; null where the match state is among them. */
function close(
  states: readonly State[],
  from: number[],
  text: readonly number[],
  at: number,
  flags: RegexFlags,
): CharacterState[] | null {
  const seen = new Set<number>();
  const reached: CharacterState[] = [];
  const open = from;
  while (open.length > 0) {
    const index = open.pop() ?? 0;
    if (seen.has(index)) continue;
    seen.add(index);
    const state = states[index];
    if (state?.kind === 'match') return null;
    if (state?.kind === 'character') reached.push(state);
    else if (state?.kind === 'split') open.push(...state.targets);
    else if (state?.kind === 'assertion' && holds(state.assertion, text, at, flags)) open.push(state.next);
  }
  return reached;
}

function holds(assertion: Assertion, text: readonly number[], at: number, flags: RegexFlags): boolean {
  const before = text[at - 1] ?? -1;
  const after = text[at] ?? -1;
  if (assertion === 'start') return at === 0 || (flags.m && before === NEWLINE);
  // As in PCRE, `$` also holds before a line break that ends the text.
  if (assertion === 'end') {
    return after === -1 || (after === NEWLINE && (flags.m || at === text.length - 1));
  }
  return (isWord(before) !== isWord(after)) === (assertion === 'word-edge');
}
