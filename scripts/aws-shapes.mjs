// npm run aws-shapes: updates the shapes of AWS's findings, and the operations of the AWS CLI that commands use, in
// tests/fixtures/shapes from the service models of botocore.
// Needs python3 with pip and network access. The tests need neither: they read the written files.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { operationsIn } from './aws-operations.mjs'
import { runMain, say } from './launch/report.mjs'

/** License: Apache-2.0, https://github.com/boto/botocore. Only names, types and limits are copied, no text. */
const BOTOCORE = '1.44.8'
const target = fileURLToPath(new URL('../tests/fixtures/shapes', import.meta.url))

/** The shapes that Hinomi reads, by the name of the service in botocore. */
const services = {
  accessanalyzer: ['FindingSummary', 'FindingSummaryV2', 'GetFindingResponse', 'GetFindingV2Response'],
  config: ['EvaluationResult', 'AggregateEvaluationResult'],
  guardduty: ['Finding'],
  iam: ['GetCredentialReportResponse'],
  inspector2: ['Finding'],
  macie2: ['Finding'],
  securityhub: ['AwsSecurityFinding'],
  support: ['TrustedAdvisorCheckResult', 'TrustedAdvisorCheckSummary', 'TrustedAdvisorResourceDetail'],
  trustedadvisor: [
    'RecommendationSummary',
    'RecommendationResourceSummary',
    'OrganizationRecommendationSummary',
    'OrganizationRecommendationResourceSummary',
  ],
}

/** The only members copied from very large structures: Security Hub describes more than a hundred kinds of resources. */
const keptMembers = new Map([
  [
    'ResourceDetails',
    ['AwsEc2Instance', 'AwsIamAccessKey', 'AwsS3Bucket', 'AwsEcrContainerImage', 'Container', 'Other'],
  ],
])

/**
 * @typedef {{ type: string, members?: Record<string, { shape: string, locationName?: string }>, required?: string[],
 *   member?: { shape: string }, key?: { shape: string }, value?: { shape: string }, enum?: string[], min?: number,
 *   max?: number, pattern?: string, document?: boolean }} Shape
 */

/**
 * The definition of a shape with all its members.
 * @param {Record<string, Shape>} model
 * @param {string[]} roots
 */
function reachable(model, roots) {
  /** @type {Record<string, object>} */
  const found = {}
  const open = [...roots]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const shape = model[name]
    if (!shape) throw new Error(`The model has no shape "${name}".`)
    if (name in found) continue
    const only = keptMembers.get(name)
    const members = Object.entries(shape.members ?? {}).filter(([member]) => !only || only.includes(member))
    found[name] = compact(shape, members)
    open.push(...members.map(([, { shape: of }]) => of))
    for (const of of [shape.member, shape.key, shape.value]) if (of) open.push(of.shape)
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * @param {Shape} shape
 * @param {[string, { shape: string, locationName?: string }][]} members
 */
function compact(shape, members) {
  const { type, required, member, key, value, enum: values, min, max, pattern, document } = shape
  // A member that has another name in requests and responses: `[shape, name]`.
  const named = members.map(([name, { shape: of, locationName }]) => [
    name,
    locationName !== undefined && locationName !== name ? [of, locationName] : of,
  ])
  return {
    type: document ? 'document' : type,
    ...(members.length > 0 && { members: Object.fromEntries(named) }),
    ...(required?.length && { required }),
    ...(member && { member: member.shape }),
    ...(key && { key: key.shape }),
    ...(value && { value: value.shape }),
    ...(values && { enum: values }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(pattern !== undefined && { pattern }),
  }
}

await runMain(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-shapes-'))
  try {
    const python = (/** @type {string[]} */ ...args) => execFileSync('python3', ['-m', ...args], { stdio: 'inherit' })
    python('pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder, `botocore==${BOTOCORE}`)
    const wheel = readdirSync(folder).find(name => name.endsWith('.whl'))
    python('zipfile', '-e', join(folder, wheel ?? ''), join(folder, 'botocore'))
    mkdirSync(target, { recursive: true })
    for (const [service, roots] of Object.entries(services)) {
      const versions = readdirSync(join(folder, 'botocore/botocore/data', service)).sort()
      const path = `botocore/data/${service}/${versions.at(-1)}/service-2.json.gz`
      const model = JSON.parse(gunzipSync(readFileSync(join(folder, 'botocore', path))).toString('utf8'))
      const source = `botocore ${BOTOCORE} (Apache-2.0), ${path}, by scripts/aws-shapes.mjs`
      const text = JSON.stringify({ source, roots, shapes: reachable(model.shapes, roots) })
      writeFileSync(join(target, `${service}.json`), text)
    }
    const source = `botocore ${BOTOCORE} (Apache-2.0), by scripts/aws-operations.mjs`
    const operations = operationsIn(join(folder, 'botocore/botocore/data'))
    writeFileSync(join(target, 'operations.json'), JSON.stringify({ source, operations }))
    execFileSync('npx', ['--no-install', 'biome', 'format', '--write', target], { stdio: 'inherit' })
    say(`The shapes of ${Object.keys(services).length} services are in ${target}.`)
    return 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
