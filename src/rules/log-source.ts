import { isMap } from 'yaml';
import { type Keys, readChoice, readMap, reportUnknown, requireKey, valueOf } from './keys.ts';
import { isService, SERVICES, type Service } from './record.ts';

/** Services of other products whose records rules can see as they are written, by Sigma's names where it has one. */
const FOREIGN = {
  aws: ['cloudtrail'],
  azure: ['auditlogs', 'signinlogs'],
  gcp: ['gcp.audit'],
  kubernetes: ['audit'],
  okta: ['okta'],
  vault: ['audit'],
  windows: ['security'],
} as const;

type ForeignProduct = keyof typeof FOREIGN;

/** Whose records a rule sees: offrecord's own, or those of another product's audit log as it writes them. */
export type LogSource =
  | { readonly product: 'offrecord'; readonly service: Service }
  | { readonly product: ForeignProduct; readonly service: string };

export type Product = LogSource['product'];

const FOREIGN_PRODUCTS = Object.keys(FOREIGN) as ForeignProduct[];
const PRODUCTS: readonly Product[] = ['offrecord', ...FOREIGN_PRODUCTS];

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
  if (product === null) return null;
  if (product !== 'offrecord') {
    const service = readChoice<string>(source, 'service', FOREIGN[product]);
    return service === null ? null : { product, service };
  }
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
