import { type Call, succeeded } from './call.ts';

/** What a call does to the audit log. */
export interface Control {
  /** Stable code, e.g. `audit-disable`. */
  readonly action: string;
  readonly resource: string;
  /** Absent where nothing is on or off after it. */
  readonly state?: 'off' | 'on';
}

/** Null where the call failed or has nothing to do with the audit log. */
export function findControl(call: Call): Control | null {
  if (call.mountType !== 'system' || !succeeded(call)) return null;
  const change = KINDS.find(({ path, operations }) => path.test(call.rest) && operations.has(call.operation));
  if (change === undefined) return null;
  const { action, state } = change;
  return { action, resource: `sys/${call.rest}`, ...(state === undefined ? {} : { state }) };
}

interface Kind {
  readonly path: RegExp;
  readonly operations: ReadonlySet<string>;
  readonly action: string;
  readonly state?: 'off' | 'on';
}

const WRITES = new Set(['create', 'update']);
const DELETES = new Set(['delete']);

const KINDS: readonly Kind[] = [
  { path: /^audit\/.{1,512}$/, operations: WRITES, action: 'audit-enable', state: 'on' },
  { path: /^audit\/.{1,512}$/, operations: DELETES, action: 'audit-disable', state: 'off' },
  // Whoever may hash can test a guess against what the log hides.
  { path: /^audit-hash\/.{1,512}$/, operations: WRITES, action: 'audit-hash' },
  // Headers that the log shows, in clear where told so.
  { path: /^config\/auditing\/.{1,512}$/, operations: WRITES, action: 'audit-headers' },
  { path: /^config\/auditing\/.{1,512}$/, operations: DELETES, action: 'audit-headers' },
  { path: /^seal$/, operations: WRITES, action: 'seal' },
];
