import type { Call } from './call.ts';
import { flagAt, listAt, textAt, valueAt } from './fields.ts';

/** On where some selector still takes every management event, reading and writing, of every service. */
export function selectorState({ request }: Call): 'off' | 'on' | undefined {
  const basic = listAt(request, 'eventSelectors');
  const advanced = listAt(request, 'advancedEventSelectors');
  if (basic.length + advanced.length === 0) return undefined;
  return basic.some(takesAllBasic) || advanced.some(takesAllAdvanced) ? 'on' : 'off';
}

/** What a selector leaves out has its default: management events, reading and writing. */
function takesAllBasic(selector: unknown): boolean {
  return (
    (textAt(selector, 'readWriteType') ?? 'All') === 'All' &&
    flagAt(selector, 'includeManagementEvents') !== false &&
    listAt(selector, 'excludeManagementEventSources').length === 0
  );
}

/** Every further field of a selector narrows it: `readOnly`, `eventSource`, … */
function takesAllAdvanced(selector: unknown): boolean {
  const fields = listAt(selector, 'fieldSelectors');
  const [first] = fields;
  return (
    fields.length === 1 &&
    textAt(first, 'field') === 'eventCategory' &&
    listAt(first, 'equals').includes('Management')
  );
}

/** Off where a region, global services or the digests are left out; moving the bucket or the key tells neither. */
export function trailState({ request }: Call): 'off' | 'on' | undefined {
  const flags = ['isMultiRegionTrail', 'includeGlobalServiceEvents', 'enableLogFileValidation']
    .map((name) => flagAt(request, name))
    .filter((flag) => flag !== undefined);
  if (flags.includes(false)) return 'off';
  const moved = ['s3BucketName', 'kmsKeyId'].some((name) => valueAt(request, name) !== undefined);
  return flags.length > 0 && !moved ? 'on' : undefined;
}

export function insightState({ request }: Call): 'off' | 'on' | undefined {
  const selectors = valueAt(request, 'insightSelectors');
  if (!Array.isArray(selectors)) return undefined;
  return selectors.length === 0 ? 'off' : 'on';
}
