import { z } from 'zod'
import type { CheckDefinition, CheckResult, Inventory, Resource } from '../check'
import { accountOf, evidenceOf, judgeEach, resultOf, theOnly } from './parts'

const Settings = z.object({
  ebsEncryption: z.boolean(),
  snapshotBlock: z.string().nullable(),
  imageBlock: z.string().nullable(),
  httpTokens: z.string().nullable(),
  httpTokensEnforced: z.string().nullable(),
})
const Vpc = z.object({ flowLogs: z.array(z.object({ status: z.string().nullish(), traffic: z.string().nullish() })) })
const Rule = z.object({
  protocol: z.string(),
  from: z.number().nullable(),
  to: z.number().nullable(),
  ipv4: z.array(z.string()),
  ipv6: z.array(z.string()),
})
type Rule = z.infer<typeof Rule>
const Group = z.object({ ingress: z.array(Rule), egress: z.array(Rule) })
const Instance = z.object({ httpTokens: z.string().nullable(), httpEndpoint: z.string().nullable() })

const ADMIN_PORTS = [22, 3389]
/** EC2.19: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19 */
const RISKY_PORTS = [
  20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888,
  9200, 9300,
]
const TCP = ['tcp', '6', '-1']
const TCP_OR_UDP = [...TCP, 'udp', '17']

function* flowLogs(inventory: Inventory, region: string): Iterable<CheckResult> {
  const all = { type: 'AWS::EC2::VPC', as: 'AwsEc2Vpc', schema: Vpc, region }
  yield* judgeEach(inventory, all, function* ({ data }, resource) {
    const logged = data.flowLogs.some(({ status, traffic }) => status === 'ACTIVE' && traffic !== 'ACCEPT')
    yield { resource, result: resultOf(logged), evidence: evidenceOf({ flowLogs: data.flowLogs.length }) }
  })
}

const groups = { type: 'AWS::EC2::SecurityGroup', as: 'AwsEc2SecurityGroup', schema: Group }

function* defaultGroups(inventory: Inventory, region: string): Iterable<CheckResult> {
  const defaults = { ...groups, region, where: ({ name }: Resource) => name === 'default' }
  yield* judgeEach(inventory, defaults, function* ({ data: { ingress, egress } }, resource) {
    const evidence = evidenceOf({ ingressRules: ingress.length, egressRules: egress.length })
    yield { resource, result: resultOf(ingress.length + egress.length === 0), evidence }
  })
}

/** Ports of a list that a rule opens. Without ports a rule opens all of them. */
function opened({ protocol, from, to }: Rule, ports: readonly number[], protocols: readonly string[]): number[] {
  if (!protocols.includes(protocol)) return []
  return ports.filter(port => from === null || to === null || from < 0 || (from <= port && port <= to))
}

/** Everything or a half of it: the whole Internet is often written in two parts. */
const ANY_IPV4 = new Set(['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1'])
const ANY_IPV6 = new Set(['::/0', '::/1', '8000::/1'])

/** EC2.53 and EC2.54 are about ports of administration, EC2.19 about all ports of high risk. */
function* openPorts(inventory: Inventory, region: string): Iterable<CheckResult> {
  yield* judgeEach(inventory, { ...groups, region }, function* ({ data: { ingress } }, resource) {
    const ipv4 = ingress.filter(rule => rule.ipv4.some(range => ANY_IPV4.has(range)))
    const ipv6 = ingress.filter(rule => rule.ipv6.some(range => ANY_IPV6.has(range)))
    const of = (control: string, rules: readonly Rule[], ports: readonly number[], protocols: readonly string[]) => {
      const open = new Set(rules.flatMap(rule => opened(rule, ports, protocols)))
      const evidence = evidenceOf({ openPorts: [...open].sort((a, b) => a - b).join(', ') || null })
      return { control, resource, result: resultOf(open.size === 0), evidence }
    }
    yield of('EC2.53', ipv4, ADMIN_PORTS, TCP_OR_UDP)
    yield of('EC2.54', ipv6, ADMIN_PORTS, TCP_OR_UDP)
    yield of('EC2.19', [...new Set([...ipv4, ...ipv6])], RISKY_PORTS, TCP)
  })
}

function settingsOf(inventory: Inventory, region: string) {
  return theOnly(inventory, 'AWS::EC2::AccountSettings', Settings, region)
}

function* encryption(inventory: Inventory, region: string): Iterable<CheckResult> {
  const { ebsEncryption } = settingsOf(inventory, region)
  yield { resource: accountOf(inventory), result: resultOf(ebsEncryption) }
}

/** The default of new instances is a check of its own: EC2.8 is about each instance. */
function* imdsv2(inventory: Inventory, region: string): Iterable<CheckResult> {
  const { httpTokens, httpTokensEnforced } = settingsOf(inventory, region)
  yield {
    control: 'ec2_instance_account_imdsv2_enabled',
    resource: accountOf(inventory),
    result: resultOf(httpTokens === 'required' || httpTokensEnforced === 'enabled'),
    evidence: evidenceOf({ httpTokens: httpTokens ?? 'no-preference' }),
  }
  const control = 'EC2.8'
  const all = { type: 'AWS::EC2::Instance', as: 'AwsEc2Instance', schema: Instance, region, control }
  yield* judgeEach(inventory, all, function* ({ data: { httpTokens, httpEndpoint } }, resource) {
    const required = httpTokens === 'required' || httpEndpoint === 'disabled'
    yield { control, resource, result: resultOf(required), evidence: evidenceOf({ httpTokens }) }
  })
}

/**
 * EC2.182 wants all sharing blocked, also what is public already.
 * https://docs.aws.amazon.com/config/latest/developerguide/ebs-snapshot-block-public-access.html
 */
function* publicImages(inventory: Inventory, region: string): Iterable<CheckResult> {
  const { snapshotBlock, imageBlock } = settingsOf(inventory, region)
  const resource = accountOf(inventory)
  yield {
    control: 'EC2.182',
    resource,
    result: resultOf(snapshotBlock === 'block-all-sharing'),
    evidence: evidenceOf({ snapshotBlock }),
  }
  yield {
    control: 'ec2_ami_account_block_public_access',
    resource,
    result: resultOf(imageBlock === 'block-new-sharing'),
    evidence: evidenceOf({ imageBlock }),
  }
}

const regional = { needs: ['ec2'], regional: true } as const

export const networkChecks: readonly CheckDefinition[] = [
  { id: 'vpc-flow-logs', controls: ['EC2.6'], severity: 'medium', ...regional, run: flowLogs },
  { id: 'default-security-group', controls: ['EC2.2'], severity: 'high', ...regional, run: defaultGroups },
  { id: 'ebs-encryption', controls: ['EC2.7'], severity: 'medium', ...regional, always: true, run: encryption },
  {
    id: 'imdsv2',
    controls: ['EC2.8', 'ec2_instance_account_imdsv2_enabled'],
    severity: 'high',
    ...regional,
    always: true,
    run: imdsv2,
  },
  {
    id: 'public-snapshots',
    controls: ['EC2.182', 'ec2_ami_account_block_public_access'],
    severity: 'high',
    ...regional,
    always: true,
    run: publicImages,
  },
  { id: 'open-ports', controls: ['EC2.53', 'EC2.54', 'EC2.19'], severity: 'high', ...regional, run: openPorts },
]
