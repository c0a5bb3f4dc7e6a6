import type * as Ec2 from '@aws-sdk/client-ec2'
import type * as LoadBalancing from '@aws-sdk/client-elastic-load-balancing-v2'
import type * as Lambda from '@aws-sdk/client-lambda'
import type * as Rds from '@aws-sdk/client-rds'
import type * as S3 from '@aws-sdk/client-s3'
import { type Call, type Handlers, pageOf } from '../services/handler'
import type { Registry } from '../services/registry'
import type { Size } from './simulated'

/** Resources that an account has once; the others are spread over its Regions. */
const BUCKETS = 30
const IDENTITIES = 30
const SINCE = new Date('2025-01-10T00:00:00Z')

/** Each Region has load balancers, functions and a database, and security groups for the rest. */
export function simulatedResources(size: Size): Registry {
  const perRegion = Math.ceil((size.resources - BUCKETS - IDENTITIES) / size.regions.length)
  const balancers = 2
  const functions = 3
  const databases = 1
  const groups = Math.max(1, perRegion - balancers - functions - databases - 1)
  const ec2: Handlers<typeof Ec2, 'DescribeVpcs' | 'DescribeSecurityGroups'> = {
    DescribeVpcs() {
      return { Vpcs: [{ VpcId: 'vpc-00000001', CidrBlock: '10.0.0.0/16', State: 'available', IsDefault: true }] }
    },
    DescribeSecurityGroups({ NextToken, MaxResults = 1000 }, call) {
      const { items, next } = pageOf(
        Array.from({ length: groups }, (_, n) => groupOf(call, n)),
        NextToken,
        MaxResults,
      )
      return { SecurityGroups: items, NextToken: next }
    },
  }
  const loadBalancing: Handlers<typeof LoadBalancing, 'DescribeLoadBalancers'> = {
    DescribeLoadBalancers(_, call) {
      return { LoadBalancers: Array.from({ length: balancers }, (_, n) => balancerOf(call, n)) }
    },
  }
  const lambda: Handlers<typeof Lambda, 'ListFunctions'> = {
    ListFunctions(_, call) {
      return { Functions: Array.from({ length: functions }, (_, n) => functionOf(call, n)) }
    },
  }
  const rds: Handlers<typeof Rds, 'DescribeDBInstances'> = {
    DescribeDBInstances(_, call) {
      return { DBInstances: Array.from({ length: databases }, (_, n) => databaseOf(call, n)) }
    },
  }
  const s3: Handlers<typeof S3, 'ListBuckets'> = {
    ListBuckets(_, { account }) {
      return {
        Buckets: Array.from({ length: BUCKETS }, (_, n) => {
          return {
            Name: `bucket-${account}-${n}`,
            CreationDate: SINCE,
            BucketRegion: size.regions[n % size.regions.length],
          }
        }),
      }
    },
  }
  return { ec2, 'elastic-load-balancing-v2': loadBalancing, lambda, rds, s3 }
}

function groupOf({ account }: Call, n: number) {
  const open = n % 5 === 0 ? '0.0.0.0/0' : '10.0.0.0/8'
  return {
    GroupId: `sg-${String(n).padStart(17, '0')}`,
    GroupName: `group-${n}`,
    Description: 'simulated',
    VpcId: 'vpc-00000001',
    OwnerId: account,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: open }] }],
  }
}

function balancerOf({ account, region }: Call, n: number) {
  return {
    LoadBalancerArn: `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/front-${n}/000000000000000${n}`,
    LoadBalancerName: `front-${n}`,
    DNSName: `front-${n}-1.${region}.elb.amazonaws.com`,
    Scheme: n === 0 ? ('internet-facing' as const) : ('internal' as const),
    Type: 'application' as const,
    State: { Code: 'active' as const },
    VpcId: 'vpc-00000001',
    CreatedTime: SINCE,
  }
}

function functionOf({ account, region }: Call, n: number) {
  return {
    FunctionName: `worker-${n}`,
    FunctionArn: `arn:aws:lambda:${region}:${account}:function:worker-${n}`,
    Runtime: 'nodejs22.x' as const,
    LastModified: '2025-01-10T00:00:00.000+0000',
  }
}

function databaseOf({ account, region }: Call, n: number) {
  return {
    DBInstanceArn: `arn:aws:rds:${region}:${account}:db:orders-${n}`,
    DBInstanceIdentifier: `orders-${n}`,
    Engine: 'postgres',
    PubliclyAccessible: Number(account) % 5 === 0,
    StorageEncrypted: Number(account) % 3 !== 0,
  }
}
