/** A character as a code point, and −1 for "no character" before the start and after the end. */
export type CharacterTest = (codePoint: number) => boolean;

export type Assertion = 'start' | 'end' | 'word-edge' | 'no-word-edge';

/** A regular expression as a tree. */
export type RegexNode =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'alternation'; readonly items: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly item: RegexNode;
      readonly min: number;
      /** Infinity for `*`, `+` and `{n,}`. */
      readonly max: number;
      /** Where the quantifier stands in the pattern. */
      readonly at: number;
    };

export type PatternErrorCode = 'unsupported' | 'malformed' | 'not-linear' | 'too-long';

/** A regular expression that is not accepted, and where in it the reason stands. */
export class PatternError extends Error {
  readonly code: PatternErrorCode;
  /** Index of the offending character. */
  readonly at: number;

  constructor(code: PatternErrorCode, at: number, message: string) {
    super(message);
    this.name = 'PatternError';
    this.code = code;
    this.at = at;
  }
}

export interface RegexFlags {
  /** Upper and lower case are equal. */
  readonly i: boolean;
  /** `^` and `$` also match at line breaks. */
  readonly m: boolean;
  /** `.` also matches a line break. */
  readonly s: boolean;
}
