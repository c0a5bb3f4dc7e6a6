import 'server-only'

/**
 * The Region in which the services without Regions are called, by partition:
 * https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
const GLOBAL_REGIONS: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
}

/** The Region for services without Regions. Throws for an unknown partition. */
export function globalRegionOf(partition: string): string {
  const region = GLOBAL_REGIONS[partition]
  if (region === undefined) throw new Error(`no partition ${partition}`)
  return region
}
