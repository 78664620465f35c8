import { isMap } from 'yaml';
import { type Keys, readChoice, readMap, reportUnknown, requireKey, valueOf } from './keys.ts';
import { isService, SERVICES, type Service } from './record.ts';

/** Whose records a rule sees: offrecord's own, or those of AWS CloudTrail as AWS writes them. */
export type LogSource =
  | { readonly product: 'offrecord'; readonly service: Service }
  | { readonly product: 'aws'; readonly service: 'cloudtrail' };

export type Product = LogSource['product'];

const PRODUCTS: readonly Product[] = ['offrecord', 'aws'];

/**
 * Reads `logsource`; null, with every problem reported, where it is missing or no records of it exist: a rule on
 * them would never match.
 */
export function readLogSource(keys: Keys): LogSource | null {
  const source = readMap(keys, 'logsource');
  if (source === null) return null;
  reportUnknown(source, ['product', 'service', 'definition']);
  requireKey(source, 'product');
  requireKey(source, 'service');
  const product = readChoice(source, 'product', PRODUCTS);
  if (product === 'aws') {
    const service = readChoice(source, 'service', ['cloudtrail'] as const);
    return service === null ? null : { product, service };
  }
  if (product === null) return null;
  const service = readChoice(source, 'service', SERVICES);
  return service !== null && isService(service) ? { product, service } : null;
}

/**
 * True for a rule that says it is on another product's records, even where no such records exist: what it may leave
 * out does not hang on a slip in the name of a service.
 */
export function isForeign(keys: Keys): boolean {
  const source = valueOf(keys, 'logsource');
  const product: unknown = isMap(source) ? source.get('product') : undefined;
  return typeof product === 'string' && product !== 'offrecord';
}
