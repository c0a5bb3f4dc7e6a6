// The operations of the AWS CLI that commands of the product use, with their options, for `npm run aws-shapes`.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

/** Names of services that differ between the CLI and botocore. */
const RENAMED = new Map([
  ['s3api', 's3'],
  ['configservice', 'config'],
])

/** Options that the CLI adds to an operation: https://docs.aws.amazon.com/cli/latest/reference/ec2/ */
const RULE = ['protocol', 'port', 'cidr', 'source-group', 'group-owner']
const ADDED = new Map([
  ['ec2 authorize-security-group-ingress', RULE],
  ['ec2 authorize-security-group-egress', RULE],
  ['ec2 revoke-security-group-ingress', RULE],
  ['ec2 revoke-security-group-egress', RULE],
  ['ec2 create-network-acl-entry', ['ingress']],
  ['eks update-cluster-version', ['kubernetes-version']],
])

/** Commands that only the CLI has: https://docs.aws.amazon.com/cli/latest/reference/ */
const OWN = new Map([
  ['eks update-kubeconfig', ['name']],
  ['logs tail', ['since', 'log-stream-name-prefix']],
  ['s3 cp', ['recursive']],
])

const texts = [
  'lib/domain/threats/steps.json',
  'lib/domain/controls/text/commands.json',
  'lib/domain/controls/text/families/table.json',
  'lib/domain/vulnerabilities/commands.json',
]

/** Every service and operation in the commands. */
function used() {
  const found = new Set()
  for (const path of texts) {
    const text = readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8')
    for (const [, service, operation] of text.matchAll(/\baws ([a-z0-9-]+) ([a-z0-9-]+)/g)) {
      found.add(`${service} ${operation}`)
    }
  }
  return [...found].sort()
}

/** botocore's names in the CLI: DBInstanceIdentifier is db-instance-identifier. @param {string} name */
function cliName(name) {
  const split = name.replace(/([A-Z]{2,})s$/, (_all, initials) => `-${initials.toLowerCase()}s`)
  return split
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/-{2,}/g, '-')
    .replace(/^-/, '')
    .toLowerCase()
}

/**
 * @typedef {{ type: string, enum?: string[], required?: string[], member?: { shape: string },
 *   members?: Record<string, { shape: string }> }} Shape
 */

/**
 * Options by operation: `flag` for a switch, `enum` for a choice, and whether the service requires it.
 * @param {string} data botocore's folder `data`
 */
export function operationsIn(data) {
  /** @type {Record<string, object>} */
  const operations = {}
  for (const command of used()) {
    const own = OWN.get(command)
    if (own) {
      operations[command] = { own: true, options: Object.fromEntries(own.map(name => [name, {}])) }
      continue
    }
    const [service = '', operation = ''] = command.split(' ')
    const folder = join(data, RENAMED.get(service) ?? service)
    if (!existsSync(folder)) throw new Error(`The AWS CLI has no service "${service}".`)
    const path = join(folder, readdirSync(folder).sort().at(-1) ?? '', 'service-2.json.gz')
    const model = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8'))
    const name = Object.keys(model.operations).find(each => cliName(each) === operation)
    if (!name) throw new Error(`The AWS CLI has no command "${command}".`)
    operations[command] = { options: optionsOf(model, model.operations[name].input?.shape, ADDED.get(command) ?? []) }
  }
  return operations
}

/**
 * @param {{ shapes: Record<string, Shape> }} model
 * @param {string | undefined} input
 * @param {readonly string[]} added
 */
function optionsOf({ shapes }, input, added) {
  const shape = input === undefined ? undefined : shapes[input]
  const options = Object.entries(shape?.members ?? {}).map(([name, { shape: of }]) => {
    const member = shapes[of]
    const choices = member?.enum ?? (member?.member ? shapes[member.member.shape]?.enum : undefined)
    const flag = member?.type === 'boolean' || of === 'AttributeBooleanValue'
    const required = added.length === 0 && shape?.required?.includes(name)
    return [cliName(name), { ...(flag && { flag }), ...(choices && { enum: choices }), ...(required && { required }) }]
  })
  const more = added.map(name => [name, name === 'ingress' ? { flag: true } : {}])
  return Object.fromEntries([...options, ...more])
}
