export type StoreErrorCode =
  | 'locked'
  | 'busy'
  | 'missing'
  | 'schema-newer'
  | 'schema-older'
  | 'not-a-store'
  | 'corrupt'
  | 'read-only'
  | 'disk-full'
  | 'unusable';

/** That the store cannot do what was asked. Messages name files and numbers, never stored content. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }

  /** True where the same call may succeed later without anyone changing the configuration. */
  get retryable(): boolean {
    return this.code === 'busy' || this.code === 'disk-full';
  }
}

/** Primary result codes of SQLite (sqlite.org/rescode.html): the low byte of an extended code. */
const SQLITE: Readonly<Record<number, { readonly code: StoreErrorCode; readonly message: string }>> = {
  5: { code: 'busy', message: 'the store is busy: another process is writing to it' },
  6: { code: 'busy', message: 'the store is busy: another statement holds a lock' },
  8: { code: 'read-only', message: 'the store was opened for reading only' },
  10: { code: 'unusable', message: 'the store cannot be read or written: input/output error' },
  11: { code: 'corrupt', message: 'the store is damaged' },
  13: { code: 'disk-full', message: 'the store cannot grow: the disk is full' },
  14: { code: 'unusable', message: 'the store cannot be opened' },
  26: { code: 'not-a-store', message: 'the file is not a store of offrecord' },
};

/**
 * Gives an error of the database its code; anything else (a violated constraint, a bug) is handed back unchanged,
 * because it is a programmer's error and must not look like an operating one.
 */
export function classify(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const known = SQLITE[sqliteCode(error) & 0xff];
  return known === undefined ? error : new StoreError(known.code, known.message, error);
}

function sqliteCode(error: Error): number {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0;
}
