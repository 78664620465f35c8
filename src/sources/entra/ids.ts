import { type Fields, textAt } from '../json-fields.ts';

/** A record's own id; samples leave words such as `id` where one stood. */
export function idOf(inner: Fields): string | null {
  const id = textAt(inner, 'id');
  return id !== null && /^[\w-]{8,200}$/.test(id) ? id : null;
}

/** The tenant that wrote the record, from the envelope of a diagnostic setting. */
export function tenantOf(inner: Fields, outer: Fields): string | null {
  return textAt(outer, 'tenantId') ?? textAt(inner, 'tenantId');
}
