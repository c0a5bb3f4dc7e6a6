import { z } from 'zod'
import { dataOf, type Resource, type Resources } from '../resource'
import type { EntranceKind } from './kinds'
import { reachOf, SecurityGroups } from './reach'

/** An entrance from the internet to an account. */
export interface Entrance {
  readonly resource: Resource
  readonly kind: EntranceKind
  /** Its address, where it has one. */
  readonly address: string
  /** The ARN of a web ACL that the entrance itself names; web ACLs name what they protect, too. */
  readonly namedAcl: string | null
  /** What alone can reach it, by its security groups: a distribution, or the network of another vendor. */
  readonly behind: { readonly by: 'cloudfront' } | { readonly by: 'vendor'; readonly vendor: string } | null
}

type Reader = (resource: Resource, groups: SecurityGroups) => Omit<Entrance, 'resource'> | null

const text = z.string().default('')

const Balancer = z.object({
  DNSName: text,
  Type: text,
  Scheme: text,
  State: z.object({ Code: text }).prefault({}),
  SecurityGroups: z.array(z.string()).default([]),
  Listeners: z.array(z.object({ Port: z.number().optional() })).default([]),
})
const Distribution = z.object({
  Enabled: z.boolean().default(true),
  DomainName: text,
  Aliases: z.array(z.string()).default([]),
  WebACLId: text,
})
const RestStage = z.object({
  restApiId: text,
  stageName: text,
  endpointTypes: z.array(z.string()).default([]),
  webAclArn: z.string().nullish(),
})
const HttpStage = z.object({ endpoint: text, protocol: text, stageName: text })
const GraphqlApi = z.object({
  visibility: text,
  uris: z.record(z.string(), z.string()).default({}),
  wafWebAclArn: z.string().nullish(),
})
const EventApi = z.object({ dns: z.record(z.string(), z.string()).default({}), wafWebAclArn: z.string().nullish() })
const Pool = z.object({ Domain: text, CustomDomain: text })
const Service = z.object({ ServiceUrl: text, Status: text, IsPubliclyAccessible: z.boolean().default(true) })
const App = z.object({
  defaultDomain: text,
  wafConfiguration: z.object({ webAclArn: z.string().nullish() }).nullish(),
})
const Verified = z.object({
  Endpoints: z.array(z.object({ ApplicationDomain: text, Status: text })).default([]),
})
const Url = z.object({ FunctionUrl: text, AuthType: text })
const Instance = z.object({
  state: z.string().nullish(),
  publicIp: z.string().nullish(),
  publicDnsName: z.string().nullish(),
  groups: z.array(z.string()).default([]),
})

/** Readers of the types that are entrances. null: the resource cannot be reached from the internet. */
const readers: Readonly<Record<string, Reader>> = {
  'AWS::CloudFront::Distribution': resource => {
    const { Enabled, DomainName, Aliases, WebACLId } = dataOf(Distribution, resource)
    if (!Enabled) return null
    return plain('cloudfront', Aliases[0] ?? DomainName, WebACLId)
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (resource, groups) => {
    const { Type, Scheme, State, DNSName, SecurityGroups: ids, Listeners } = dataOf(Balancer, resource)
    if (Scheme !== 'internet-facing' || State.Code === 'failed' || (Type !== 'application' && Type !== 'network'))
      return null
    const ports = Listeners.flatMap(({ Port }) => Port ?? [])
    const reach = reachOf(groups, { ids, region: resource.region, ports })
    if (reach === 'closed') return null
    return { ...plain(Type === 'application' ? 'alb' : 'nlb', DNSName), behind: reach === 'open' ? null : reach }
  },
  'AWS::ApiGateway::Stage': resource => {
    const { restApiId, stageName, endpointTypes, webAclArn } = dataOf(RestStage, resource)
    if (endpointTypes.includes('PRIVATE')) return null
    return plain('rest_api', `${restApiId}.execute-api.${resource.region}.amazonaws.com/${stageName}`, webAclArn)
  },
  'AWS::ApiGatewayV2::Stage': resource => {
    const { protocol, endpoint } = dataOf(HttpStage, resource)
    return plain(protocol === 'WEBSOCKET' ? 'websocket_api' : 'http_api', endpoint.replace(/^\w+:\/\//, ''))
  },
  'AWS::AppSync::GraphQLApi': resource => {
    const { visibility, uris, wafWebAclArn } = dataOf(GraphqlApi, resource)
    if (visibility === 'PRIVATE') return null
    return plain('graphql_api', hostOf(uris.GRAPHQL), wafWebAclArn)
  },
  'AWS::AppSync::Api': resource => {
    const { dns, wafWebAclArn } = dataOf(EventApi, resource)
    return plain('event_api', dns.HTTP ?? '', wafWebAclArn)
  },
  'AWS::Cognito::UserPool': resource => {
    const { Domain, CustomDomain } = dataOf(Pool, resource)
    if (!Domain && !CustomDomain) return null
    return plain('user_pool', CustomDomain || `${Domain}.auth.${resource.region}.amazoncognito.com`)
  },
  'AWS::AppRunner::Service': resource => {
    const { ServiceUrl, Status, IsPubliclyAccessible } = dataOf(Service, resource)
    if (!IsPubliclyAccessible || Status === 'DELETED' || Status === 'PAUSED') return null
    return plain('app_runner', ServiceUrl)
  },
  'AWS::Amplify::App': resource => {
    const { defaultDomain, wafConfiguration } = dataOf(App, resource)
    return plain('amplify', defaultDomain, wafConfiguration?.webAclArn)
  },
  'AWS::EC2::VerifiedAccessInstance': resource => {
    const [first] = dataOf(Verified, resource).Endpoints.filter(({ Status }) => Status === 'active')
    return first ? plain('verified_access', first.ApplicationDomain) : null
  },
  // With AWS_IAM every request has to be signed, as CloudFront does for its origins.
  'AWS::Lambda::Url': resource => {
    const { FunctionUrl, AuthType } = dataOf(Url, resource)
    return AuthType === 'NONE' ? plain('function_url', hostOf(FunctionUrl)) : null
  },
  'AWS::EC2::Instance': (resource, groups) => {
    const { state, publicIp, publicDnsName, groups: ids } = dataOf(Instance, resource)
    if (!publicIp || (state && state !== 'running')) return null
    const reach = reachOf(groups, { ids, region: resource.region, ports: WEB_PORTS })
    // Without its groups nobody knows whether an instance serves the web at all.
    if (reach === 'closed' || !groups.knows(ids)) return null
    return { ...plain('ec2', publicDnsName || publicIp), behind: reach === 'open' ? null : reach }
  },
}

/** Ports of web servers: other ports of an instance are nothing that a WAF could protect. */
const WEB_PORTS = [80, 443, 8080, 8443] as const

/** The entrances of an account, in the order of their types and ARNs. */
export function entrancesOf(inventory: Resources): Entrance[] {
  const groups = new SecurityGroups(inventory)
  return Object.entries(readers).flatMap(([type, read]) =>
    inventory.resources(type).flatMap(resource => {
      const entrance = read(resource, groups)
      return entrance ? { resource, ...entrance } : []
    }),
  )
}

function plain(kind: EntranceKind, address: string, acl: string | null | undefined = null): Omit<Entrance, 'resource'> {
  return { kind, address, namedAcl: acl || null, behind: null }
}

function hostOf(url: string | undefined): string {
  return (url ?? '').replace(/^\w+:\/\//, '').replace(/\/.*$/, '')
}
