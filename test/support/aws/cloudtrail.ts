import type { PublicKey } from '@aws-sdk/client-cloudtrail';
import { jsonService, type JsonOperation } from './json.ts';
import { lookupEvents } from './cloudtrail-lookup.ts';
import { regionOf, type TrailState } from './state.ts';
import { AwsRefusal, type Call } from './wire.ts';

const describeTrails: JsonOperation = (input, call) => {
  const shadows = input['includeShadowTrails'] !== false;
  const names = input['trailNameList'];
  const wanted = Array.isArray(names) && names.length > 0 ? names : undefined;
  const here = trailsOf(call).filter(({ trail }) => trail.HomeRegion === call.region);
  const visible = shadows ? trailsOf(call).filter((one) => isVisible(one, call)) : here;
  // A shadow trail is found by its ARN alone, and a name that nobody has is left out without an error.
  const named = ({ trail }: TrailState): boolean =>
    !wanted ||
    wanted.includes(trail.TrailARN) ||
    (trail.HomeRegion === call.region && wanted.includes(trail.Name));
  return { trailList: visible.filter(named).map(({ trail }) => trail) };
};

const getTrailStatus: JsonOperation = (input, call) => findTrail(input['Name'], call).status;

const getEventSelectors: JsonOperation = (input, call) => {
  const found = findTrail(input['TrailName'], call);
  return {
    TrailARN: found.trail.TrailARN,
    ...(found.selectors && { EventSelectors: found.selectors }),
    ...(found.advancedSelectors && { AdvancedEventSelectors: found.advancedSelectors }),
  };
};

const listTrails: JsonOperation = (_input, call) => ({
  Trails: trailsOf(call).map(({ trail }) => ({
    TrailARN: trail.TrailARN,
    Name: trail.Name,
    HomeRegion: trail.HomeRegion,
  })),
});

/** Keys are per region. Without times it gives those that are valid now. */
const listPublicKeys: JsonOperation = (input, call) => {
  const nowS = call.now / 1000;
  const from = typeof input['StartTime'] === 'number' ? input['StartTime'] : nowS;
  const to = typeof input['EndTime'] === 'number' ? input['EndTime'] : nowS;
  if (from > to) throw new AwsRefusal('InvalidTimeRangeException', 'Start time must be before end time.');
  const overlaps = (key: PublicKey): boolean =>
    toSeconds(key.ValidityStartTime, -Infinity) <= to && toSeconds(key.ValidityEndTime, Infinity) >= from;
  const keys = regionOf(call.state, call.caller.account, call.region).publicKeys ?? [];
  return {
    PublicKeyList: keys
      .filter(overlaps)
      .map((key) => ({ ...key, Value: key.Value && Buffer.from(key.Value).toString('base64') })),
  };
};

/** CloudTrail over JSON 1.1. */
export const CLOUDTRAIL = jsonService('cloudtrail', 'CloudTrail_20131101', {
  LookupEvents: lookupEvents,
  DescribeTrails: describeTrails,
  GetTrailStatus: getTrailStatus,
  GetEventSelectors: getEventSelectors,
  ListTrails: listTrails,
  ListPublicKeys: listPublicKeys,
});

/** All trails of the account, with the home region and ARN that follow from their place. */
function trailsOf({ state, caller }: Call): TrailState[] {
  return Object.entries(state.accounts[caller.account]?.regions ?? {}).flatMap(([region, { trails = [] }]) =>
    trails.map((one) => ({
      ...one,
      trail: {
        HomeRegion: region,
        TrailARN: `arn:aws:cloudtrail:${region}:${caller.account}:trail/${one.trail.Name}`,
        ...one.trail,
      },
    })),
  );
}

function isVisible({ trail }: TrailState, call: Call): boolean {
  return trail.HomeRegion === call.region || trail.IsMultiRegionTrail === true;
}

/** By ARN wherever it is visible, by name only in its home region. Throws TrailNotFoundException. */
function findTrail(name: unknown, call: Call): TrailState {
  const found = trailsOf(call).find(
    (one) =>
      isVisible(one, call) &&
      (one.trail.TrailARN === name || (one.trail.Name === name && one.trail.HomeRegion === call.region)),
  );
  if (found) return found;
  const { account } = call.caller;
  const arn = String(name).startsWith('arn:')
    ? String(name)
    : `arn:aws:cloudtrail:${call.region}:${account}:trail/${String(name)}`;
  throw new AwsRefusal('TrailNotFoundException', `Unknown trail: ${arn} for the user: ${account}`);
}

function toSeconds(date: Date | undefined, absent: number): number {
  return date ? date.getTime() / 1000 : absent;
}
