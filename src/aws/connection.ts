/** One way into AWS: an account, and the regions of it that are read. */
export interface AwsConnection {
  readonly id: string;
  /** Regions to read, e.g. `eu-central-1`; the first also serves calls that have no region. */
  readonly regions: readonly string[];
  /** Profile of the shared configuration files; null for the SDK's default chain. */
  readonly profile: string | null;
  /** Role to assume with those credentials; null to read as they are. */
  readonly roleArn: string | null;
  /** What the role's trust policy may demand of a third party. */
  readonly externalId: string | null;
  /** URL in place of AWS's own, for a private endpoint or a stand-in; null for AWS. */
  readonly endpoint: string | null;
  /** Name of the role session: offrecord's own calls are recognised by it in the trail. */
  readonly sessionName: 'offrecord';
}

/** Region in which AWS records what has no region: sign-ins by the global page, the global STS endpoint, IAM. */
export const GLOBAL_REGION = 'us-east-1';

/**
 * Whether the region is not read in which the events of global services land. Only the `aws` partition has it there;
 * China and GovCloud keep their global events in regions of their own, and are not judged here.
 */
export function missingGlobalRegion(regions: readonly string[]): boolean {
  const isOther = (region: string): boolean => /^(?:cn|us-gov|us-iso[a-z]?|eu-isoe|eusc)-/.test(region);
  return regions.some((region) => !isOther(region)) && !regions.includes(GLOBAL_REGION);
}
