import type { AccountId } from '../accounts/account-id'
import { USER_NAME } from './region'

/**
 * Kinds of resources that controls are about. `account` and `account-region` are the account itself, whatever a tool
 * names in its place; `global` has no Region although reports name one; the others say how a bare name becomes an ARN.
 */
export const resourceKinds = [
  'account',
  'account-region',
  'global',
  'user',
  'bucket',
  'security-group',
  'instance',
  'volume',
  'snapshot',
  'vpc',
  'subnet',
  'network-acl',
  'vpn-connection',
  'elastic-ip',
  'function',
  'db',
  'db-snapshot',
  'load-balancer',
  'auto-scaling-group',
  'table',
  'key',
] as const
export type ResourceKind = (typeof resourceKinds)[number]

export interface Place {
  accountId: AccountId
  /** AWS Region, or "global". */
  region: string
  resourceId: string
}

/** Kinds without a Region: reports name the Region in which the tool ran. */
const REGIONLESS: ReadonlySet<ResourceKind> = new Set(['account', 'global', 'user'])

/** Service and resource part of the ARN of a bare name. */
const SHAPES: Partial<Record<ResourceKind, (name: string) => [service: string, part: string]>> = {
  'security-group': name => ['ec2', `security-group/${name}`],
  instance: name => ['ec2', `instance/${name}`],
  volume: name => ['ec2', `volume/${name}`],
  snapshot: name => ['ec2', `snapshot/${name}`],
  vpc: name => ['ec2', `vpc/${name}`],
  subnet: name => ['ec2', `subnet/${name}`],
  'network-acl': name => ['ec2', `network-acl/${name}`],
  'vpn-connection': name => ['ec2', `vpn-connection/${name}`],
  'elastic-ip': name => ['ec2', `elastic-ip/${name}`],
  function: name => ['lambda', `function:${name}`],
  db: name => ['rds', `db:${name}`],
  'db-snapshot': name => ['rds', `snapshot:${name}`],
  'load-balancer': name => ['elasticloadbalancing', `loadbalancer/${name}`],
  table: name => ['dynamodb', `table/${name}`],
  key: name => ['kms', `key/${name}`],
}

/**
 * Patterns of names that identify their kind. Other text, such as a tool's own id, an address or a title, names none of
 * them. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const IDS: Partial<Record<ResourceKind, RegExp>> = {
  'security-group': /^sg-[0-9a-z]+$/,
  instance: /^i-[0-9a-z]+$/,
  volume: /^vol-[0-9a-z]+$/,
  snapshot: /^snap-[0-9a-z]+$/,
  vpc: /^vpc-[0-9a-z]+$/,
  subnet: /^subnet-[0-9a-z]+$/,
  'network-acl': /^acl-[0-9a-z]+$/,
  'vpn-connection': /^vpn-[0-9a-z]+$/,
  'elastic-ip': /^eipalloc-[0-9a-z]+$/,
}
const BUCKET = /^[a-z0-9][a-z0-9.-]{0,61}[a-z0-9]?$/

/** Whether a text is an id that only this kind has, such as sg-0123. */
export function isIdOf(kind: ResourceKind, text: string): boolean {
  return IDS[kind]?.test(text) ?? false
}

/** A bare name: nothing that is an ARN, a path, or a sentence. */
const NAME = /^[\w.\-+=,@]{1,255}$/
/** Trusted Advisor writes `sg-0123 (vpc-0456)`. */
const WITH_VPC = /^(sg-[0-9a-z]+) \(vpc-[0-9a-z]+\)$/

/**
 * The canonical place of a resource of this kind, the same for every tool: the account as Security Hub names it,
 * everything else by its ARN. An ARN is never built if a part of it is not known; other names do not change.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function canonicalPlace(kind: ResourceKind | null, place: Place): Place {
  const region = kind && REGIONLESS.has(kind) ? 'global' : place.region
  return { ...place, region, resourceId: canonicalResource(kind, place) }
}

/** The partition of ARNs in a Region. */
export function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

function canonicalResource(kind: ResourceKind | null, { accountId, region, resourceId }: Place): string {
  const partition = partitionOf(region)
  const name = WITH_VPC.exec(resourceId)?.[1] ?? resourceId
  switch (kind) {
    case null:
    case 'global':
      return resourceId
    case 'account':
    case 'account-region':
      return `AWS::::Account:${accountId}`
    case 'user':
      return NAME.test(resourceId) ? `${USER_NAME}${resourceId}` : resourceId
    case 'bucket':
      return BUCKET.test(name) ? `arn:${partition}:s3:::${name}` : resourceId
    case 'auto-scaling-group':
      return groupArn(`arn:${partition}:autoscaling:${region}:${accountId}`, resourceId)
    default: {
      // Without a Region it is not known which of several resources of this name is meant.
      const shape = region !== 'global' && (IDS[kind] ?? NAME).test(name) ? SHAPES[kind]?.(name) : undefined
      return shape ? `arn:${partition}:${shape[0]}:${region}:${accountId}:${shape[1]}` : resourceId
    }
  }
}

/** The ARN of a group contains a UUID that most tools do not report; its name is unique in the Region. */
function groupArn(prefix: string, id: string): string {
  const name = /:autoScalingGroupName\/(.+)$/.exec(id)?.[1] ?? (NAME.test(id) ? id : null)
  return name ? `${prefix}:autoScalingGroup:*:autoScalingGroupName/${name}` : id
}
