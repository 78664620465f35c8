import type { Path } from '../../model/path.ts';
import { originOf, type ProviderDraft, type ProviderRecord } from '../provider-event.ts';
import { fieldOf, type FieldName, type Mapping, type Meaning } from './mapping.ts';
import type { PamRecord } from './record.ts';

/** What a record says, or why a session that it opens cannot be told. */
export type Read = { readonly said: ProviderRecord } | { readonly problem: string };

/** Reads one record of a known product. Total. */
export function readRecord(record: PamRecord, mapping: Mapping, meaning: Meaning, time: number): Read {
  const field = (name: FieldName): string | null => fieldOf(record, mapping, name);
  const path = mapping.protocols[(field('protocol') ?? '').toLowerCase()] ?? null;
  const [user, account, target, session] = [
    field('user'),
    field('account'),
    field('target'),
    field('session'),
  ];
  if (meaning.means === 'session-start') {
    const lacks = missing({ path, account, target });
    if (lacks !== null) return { problem: lacks };
  }
  const draft = {
    path,
    account: account ?? user ?? 'unknown',
    actor: user,
    target,
    session: session === null ? {} : { cloudSession: session },
  };
  const said: ProviderRecord = {
    provider: 'pam',
    service: mapping.slug,
    action: meaning.code,
    // The same record comes from several collectors; without a session it is told apart by its place.
    id: session === null ? null : [mapping.slug, meaning.code, session, time],
    eventId: null,
    name: user ?? account ?? 'unknown',
    origin: originOf(field('address')),
    host: null,
    cloud: { account: null, region: null, identity: 'user', arn: null },
    drafts: draftsOf(draft, meaning),
    control: controlOf(meaning, target, session),
  };
  return { said };
}

function missing(known: {
  readonly path: Path | null;
  readonly account: string | null;
  readonly target: string | null;
}): string | null {
  if (known.path === null) return 'a session over a protocol that the mapping does not name';
  if (known.account === null) return 'a session without an account';
  return known.target === null ? 'a session without a target' : null;
}

function draftsOf(draft: Omit<ProviderDraft, 'kind'>, { means }: Meaning): readonly ProviderDraft[] {
  if (means === 'session-start') return [{ ...draft, kind: 'access.open' }];
  // Without the session's id nothing tells what is closed or stored.
  if (draft.session?.cloudSession === undefined) return [];
  if (means === 'session-end') return [{ ...draft, kind: 'access.close' }];
  return means === 'recording-stored' ? [{ ...draft, kind: 'recording.stored' }] : [];
}

function controlOf(
  { means, state }: Meaning,
  target: string | null,
  session: string | null,
): ProviderRecord['control'] {
  if (means !== 'recording-failed' && means !== 'recording-changed') return null;
  return { target, resource: session, ...(state === undefined ? {} : { state }) };
}
