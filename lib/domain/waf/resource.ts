/** A resource of an account as a collector last read it. */
export interface Resource {
  readonly region: string
  readonly type: string
  readonly arn: string
  readonly name: string
  readonly data: Readonly<Record<string, unknown>>
  /** When Hinomi first read it, and when its data last changed since then. */
  readonly firstSeenAt: Date
  readonly changedAt: Date
}

/** The resources of one account, and whether a Region of it was read completely. */
export interface Resources {
  resources(type: string, region?: string): readonly Resource[]
  /** Whether the last reading of the cell was complete and without failure. Collectors without Regions have the Region `global`. */
  isRead(collector: 'waf' | 'waf-global' | 'metrics' | 'entrances' | 'cloudfront' | 'ec2', region: string): boolean
}
