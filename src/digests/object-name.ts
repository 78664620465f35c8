/** What the name of an object of a trail says. */
export interface ObjectName {
  readonly kind: 'log' | 'digest';
  /** Last segment. */
  readonly name: string;
  /** What stands before `/CloudTrail/` or `/CloudTrail-Digest/`; empty for a bare name. */
  readonly place: string;
  readonly account: string;
  readonly region: string;
  /** Only digests name their trail. */
  readonly trail: string | null;
  readonly backfill: boolean;
  /** Epoch ms: the time in the name lies in [from, to). */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads the path or key of a log or digest, `[…/]AWSLogs/[o-…/]ACCOUNT/CloudTrail[-Digest]/REGION/Y/M/D/NAME`, or the
 * bare name; null where it is none. Form of the names: CloudTrail user guide, "Finding your CloudTrail log files"
 * and "CloudTrail digest file structure".
 *
 * An object of any other name in a folder of logs counts as a log of that day: whoever plants a log picks its name.
 */
export function parseObjectName(path: string): ObjectName | null {
  if (path.length > LONGEST) return null;
  const segments = path.split('/');
  const name = segments.at(-1) ?? '';
  const folder = toFolder(segments);
  const place = folder?.place ?? '';
  const digest = toDigest(name);
  if (digest !== null) return { ...digest, name, place };
  if (folder?.kind === 'CloudTrail-Digest') return null;
  const log = toLog(name);
  if (log !== null) return { ...log, name, place };
  return folder === null || name === '' ? null : { ...toStray(folder), name, place };
}

// S3 keys end at 1,024 bytes, bucket names at 63; a local folder may stand in front.
const LONGEST = 4096;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2,5}(?:-[a-z0-9]+){2,4}$/;

interface Folder {
  readonly kind: string;
  readonly place: string;
  readonly account: string;
  readonly region: string;
  readonly day: number;
}

/** The folder that an object lies in; null where it is not one of a trail. */
function toFolder(segments: readonly string[]): Folder | null {
  const [account = '', kind = '', region = '', year = '', month = '', day = ''] = segments.slice(-7, -1);
  if (kind !== 'CloudTrail' && kind !== 'CloudTrail-Digest') return null;
  const time = toStamp(`${year}${month}${day}T000000Z`);
  if (!ACCOUNT.test(account) || !REGION.test(region) || time === null) return null;
  return { kind, account, region, day: time, place: segments.slice(0, -6).join('/') };
}

type Named = Omit<ObjectName, 'name' | 'place'>;

/** `ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOMEREGION_YYYYMMDDTHHMMSSZ[_backfill].json[.gz]`; a trail may hold `_`. */
function toDigest(name: string): Named | null {
  const parts = toParts(name);
  const [account = '', kind, region = ''] = parts;
  const backfill = parts.at(-1) === 'backfill';
  const rest = parts.slice(3, backfill ? -1 : undefined);
  const time = toStamp(rest.at(-1) ?? '');
  if (kind !== 'CloudTrail-Digest' || rest.length < 3 || time === null) return null;
  if (!ACCOUNT.test(account) || !REGION.test(region)) return null;
  const trail = rest.slice(0, -2).join('_');
  return { kind: 'digest', account, region, trail, backfill, from: time, to: time + SECOND };
}

/** `ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHMMZ_UNIQUE.json[.gz]`. */
function toLog(name: string): Named | null {
  const [account = '', kind, region = '', stamp = '', unique, more] = toParts(name);
  const time = toStamp(stamp);
  if (kind !== 'CloudTrail' || !unique || more !== undefined || time === null) return null;
  if (!ACCOUNT.test(account) || !REGION.test(region)) return null;
  return { kind: 'log', account, region, trail: null, backfill: false, from: time, to: time + MINUTE };
}

function toStray({ account, region, day }: Folder): Named {
  return { kind: 'log', account, region, trail: null, backfill: false, from: day, to: day + DAY };
}

function toParts(name: string): string[] {
  const bare = /^(.*)\.json(?:\.gz)?$/.exec(name)?.[1];
  return bare === undefined ? [] : bare.split('_');
}

const STAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z$/;

/** Epoch ms of `YYYYMMDDTHHMM[SS]Z`. */
function toStamp(text: string): number | null {
  const match = STAMP.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null;
}
