import { describe, expect, test } from 'vitest'
import { judgeEntrances } from '../../../../lib/domain/waf/ladder'
import type { Resource } from '../../../../lib/domain/waf/resource'
import {
  balancer,
  cloudFrontList,
  coreGroup,
  distribution,
  https,
  inventoryOf,
  managed,
  NOW,
  resource,
  securityGroup,
  webAcl,
} from '../../../support/waf'

const judged = (resources: readonly Resource[]) => judgeEntrances(inventoryOf(resources), NOW, new Map())
const core = [managed()]

describe('entrances', () => {
  test.each([
    ['an internal load balancer', [balancer({ Scheme: 'internal' })]],
    ['a load balancer for an office', [balancer(), securityGroup([https({ ipv4: ['203.0.113.0/24'] })])]],
    ['a load balancer that lets nobody in', [balancer(), securityGroup([])]],
    ['a private REST API', [resource({ type: 'AWS::ApiGateway::Stage', data: { endpointTypes: ['PRIVATE'] } })]],
    ['a private GraphQL API', [resource({ type: 'AWS::AppSync::GraphQLApi', data: { visibility: 'PRIVATE' } })]],
    ['a function URL that needs a signature', [resource({ type: 'AWS::Lambda::Url', data: { AuthType: 'AWS_IAM' } })]],
    [
      'a private service of App Runner',
      [resource({ type: 'AWS::AppRunner::Service', data: { IsPubliclyAccessible: false } })],
    ],
    ['a distribution that is off', [distribution({ Enabled: false })]],
    [
      'an instance without web ports',
      [
        resource({ type: 'AWS::EC2::Instance', data: { publicIp: '192.0.2.1', groups: ['sg-1'] } }),
        securityGroup([{ protocol: 'tcp', from: 22, to: 22, ipv4: ['0.0.0.0/0'] }]),
      ],
    ],
    [
      'an instance without an address',
      [
        resource({ type: 'AWS::EC2::Instance', data: { publicIp: null, groups: ['sg-1'] } }),
        securityGroup([https({ ipv4: ['0.0.0.0/0'] })]),
      ],
    ],
  ])('%s is no entrance', (_name, resources) => {
    expect(judged(resources)).toEqual([])
  })
})

describe('what stands before an entrance', () => {
  const cloudFrontOnly = [balancer(), cloudFrontList(), securityGroup([https({ prefixLists: ['pl-1'] })])]
  const origin = { Origins: [{ DomainName: 'shop.elb.amazonaws.com' }] }
  const globalAcl = webAcl({ Rules: core, scope: 'CLOUDFRONT', resources: [] }, { region: 'global', name: 'edge' })
  const cloudflare = https({ ipv4: ['104.16.0.0/13', '172.64.0.0/13'] })

  test.each([
    ['everybody', [balancer(), securityGroup([https({ ipv4: ['0.0.0.0/0'] })])], 'none'],
    ['only CloudFront, without a known distribution', cloudFrontOnly, 'none'],
    ['only Cloudflare', [balancer(), securityGroup([cloudflare])], 'other_vendor'],
    [
      'only a list that is named for Akamai',
      [
        balancer(),
        securityGroup([https({ prefixLists: ['pl-9'] })]),
        resource({ type: 'AWS::EC2::PrefixList', name: 'akamai-edge', data: { PrefixListId: 'pl-9' } }),
      ],
      'other_vendor',
    ],
    ['Cloudflare and everybody', [balancer(), securityGroup([cloudflare, https({ ipv4: ['0.0.0.0/0'] })])], 'none'],
    [
      'Cloudflare and Fastly',
      [balancer(), securityGroup([https({ ipv4: ['104.16.0.0/13', '151.101.0.0/16'] })])],
      'none',
    ],
    [
      'everybody on another port',
      [balancer(), securityGroup([cloudflare, { protocol: 'tcp', from: 22, to: 22, ipv4: ['0.0.0.0/0'] }])],
      'other_vendor',
    ],
  ] as const)('%s', (_name, resources, rung) => {
    expect(judged(resources).map(one => one.rung)).toEqual([rung])
  })

  test('what only CloudFront reaches is as well protected as its worst distribution', () => {
    const protectedOne = distribution({ ...origin, WebACLId: globalAcl.arn })
    const group = { ...coreGroup(), region: 'global' }
    const good = judged([...cloudFrontOnly, protectedOne, globalAcl, group])
    expect(good.map(one => [one.kind, one.rung])).toEqual([
      ['cloudfront', 'blocking'],
      ['alb', 'blocking'],
    ])
    const open = distribution({ ...origin, Id: 'E2' })
    const bad = judged([...cloudFrontOnly, protectedOne, { ...open, arn: 'arn:E2' }, globalAcl, group])
    expect(bad.find(({ kind }) => kind === 'alb')?.rung).toBe('none')
  })
})

test.each([
  ['AWS::ApiGatewayV2::Stage', { protocol: 'HTTP', endpoint: 'https://a.example' }, 'http_api', 'put_before'],
  ['AWS::ApiGatewayV2::Stage', { protocol: 'WEBSOCKET', endpoint: 'wss://a.example' }, 'websocket_api', 'put_before'],
  ['AWS::Lambda::Url', { AuthType: 'NONE', FunctionUrl: 'https://a.example/' }, 'function_url', 'put_before'],
  ['AWS::ApiGateway::Stage', { restApiId: 'a', stageName: 'p' }, 'rest_api', 'create_acl'],
  ['AWS::AppSync::GraphQLApi', { uris: { GRAPHQL: 'https://a.example/graphql' } }, 'graphql_api', 'create_acl'],
  ['AWS::AppSync::Api', { dns: { HTTP: 'a.example' } }, 'event_api', 'create_acl'],
  ['AWS::Cognito::UserPool', { Domain: 'a' }, 'user_pool', 'create_acl'],
  ['AWS::AppRunner::Service', { ServiceUrl: 'a.example' }, 'app_runner', 'create_acl'],
  ['AWS::Amplify::App', { defaultDomain: 'a.example' }, 'amplify', 'create_acl'],
  [
    'AWS::EC2::VerifiedAccessInstance',
    { Endpoints: [{ ApplicationDomain: 'a.example', Status: 'active' }] },
    'verified_access',
    'create_acl',
  ],
])('%s %o is an entrance', (type, data, kind, step) => {
  const [found] = judged([resource({ type, data })])
  expect([found?.kind, found?.rung, found?.next.step]).toEqual([kind, 'none', step])
})
