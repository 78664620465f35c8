import type {
  AdvancedEventSelector,
  CloudTrailClient,
  EventSelector,
  GetEventSelectorsResponse,
} from '@aws-sdk/client-cloudtrail';
import { call } from './fault.ts';

/** Which management events a trail records. */
export interface Selection {
  readonly managementEvents: 'All' | 'ReadOnly' | 'WriteOnly' | 'None';
  /** Services that are left out, sorted, e.g. `kms.amazonaws.com`. */
  readonly excluded: readonly string[];
}

/** What a trail records that never had selectors of its own (CloudTrail user guide). */
export const EVERYTHING: Selection = { managementEvents: 'All', excluded: [] };

/** The selectors of a trail; only one that `HasCustomEventSelectors` has any. Throws `AwsFault`. */
export async function readSelection(
  client: CloudTrailClient,
  arn: string,
  signal: AbortSignal,
): Promise<Selection> {
  const { GetEventSelectorsCommand } = await import('@aws-sdk/client-cloudtrail');
  const answer = await call('cloudtrail:GetEventSelectors', signal, () =>
    client.send(new GetEventSelectorsCommand({ TrailName: arn }), { abortSignal: signal }),
  );
  return toSelection(answer);
}

/** A trail has selectors of the one or of the other form. */
export function toSelection(answer: GetEventSelectorsResponse): Selection {
  const { EventSelectors: basic = [], AdvancedEventSelectors: advanced = [] } = answer;
  const parts = [...basic.flatMap(ofBasic), ...advanced.flatMap(ofAdvanced)];
  const reads = parts.some((part) => part.reads);
  const writes = parts.some((part) => part.writes);
  const managementEvents = reads ? (writes ? 'All' : 'ReadOnly') : writes ? 'WriteOnly' : 'None';
  // A service is left out only where every selector leaves it out.
  const [first, ...others] = parts;
  const excluded = (first?.excluded ?? []).filter((one) =>
    others.every((part) => part.excluded.includes(one)),
  );
  return { managementEvents, excluded: [...new Set(excluded)].toSorted() };
}

interface Part {
  readonly reads: boolean;
  readonly writes: boolean;
  readonly excluded: readonly string[];
}

function ofBasic(selector: EventSelector): Part[] {
  if (selector.IncludeManagementEvents === false) return [];
  const kind = selector.ReadWriteType ?? 'All';
  return [
    {
      reads: kind !== 'WriteOnly',
      writes: kind !== 'ReadOnly',
      excluded: selector.ExcludeManagementEventSources ?? [],
    },
  ];
}

/** Every field of a selector must fit. One that picks out single services or calls is no recording of all. */
function ofAdvanced({ FieldSelectors: fields = [] }: AdvancedEventSelector): Part[] {
  const find = (name: string) => fields.find(({ Field }) => Field === name);
  if (find('eventCategory')?.Equals?.includes('Management') !== true) return [];
  const known = new Set(['eventCategory', 'readOnly', 'eventSource']);
  const source = find('eventSource');
  if (fields.some(({ Field }) => !known.has(Field ?? ''))) return [];
  if (source !== undefined && source.NotEquals === undefined) return [];
  const readOnly = find('readOnly')?.Equals;
  return [
    {
      reads: readOnly?.includes('true') ?? true,
      writes: readOnly?.includes('false') ?? true,
      excluded: source?.NotEquals ?? [],
    },
  ];
}
