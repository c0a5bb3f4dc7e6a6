import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { otherCheck } from '../../../lib/domain/controls/category-of'
import unjoined from '../../../lib/domain/controls/data/unjoined.json'
import { controlTable } from '../../../lib/domain/controls/table'
import failures from '../../fixtures/prowler-failures.json'
import { pythonTool } from '../../tools/python'

interface Check {
  id: string
  aliases: string[]
  /** Security Hub controls that its metadata refers to. */
  cited: string[]
}

interface Requirement {
  Id: string
  Checks: string[]
}

const reasons = new Map(unjoined.map(({ name, reason }) => [name.toLowerCase(), reason]))
const rowOf = (name: string) => controlTable.find(name, 'prowler')?.id ?? null
const sameId = (a: string | null, b: string) => a?.toLowerCase() === b.toLowerCase()

/** Prowler's package among the tests' tools; what is missing where it cannot be installed. */
async function packageFolder(): Promise<{ folder: string } | { missing: string }> {
  const tool = await pythonTool('prowler')
  if ('missing' in tool) return tool
  const libraries = join(dirname(dirname(tool.program)), 'lib')
  const folder = readdirSync(libraries)
    .map(version => join(libraries, version, 'site-packages/prowler'))
    .find(path => existsSync(path))
  return folder ? { folder } : { missing: 'the package prowler is not in the virtual environment' }
}

function readChecks(folder: string): Check[] {
  const services = join(folder, 'providers/aws/services')
  return readdirSync(services, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.metadata.json'))
    .map(path => {
      const text = readFileSync(join(services, path), 'utf8')
      const { CheckID: id, CheckAliases: aliases = [] } = JSON.parse(text)
      const cited = [...text.matchAll(/userguide\/[a-z0-9-]+-controls\.html#([a-z0-9]+)-(\d+)/g)]
      return { id, aliases, cited: [...new Set(cited.map(([, service, number]) => `${service}.${number}`))] }
    })
}

function requirementsIn(folder: string, name: string): Requirement[] {
  return JSON.parse(readFileSync(join(folder, `compliance/aws/${name}_aws.json`), 'utf8')).Requirements
}

/** Where Prowler itself refers to another control than the one that the check tests, with the reason. */
const SLIPS = new Map([
  ['ecs_task_definitions_host_networking_mode_users', 'ECS.6 does not exist: the text is that of ECS.1'],
  ['opensearch_service_domains_fault_tolerant_data_nodes', 'ES.6 is the former id of Opensearch.6'],
])

/** Pairs of Prowler's FSBP file that mean less than equality. */
const LOOSE = new Map([
  ['DynamoDB.7', 'deletion protection is DynamoDB.6'],
  ['EC2.1', 'each snapshot, while the control is about the account'],
  ['EC2.4', 'the age of a running instance'],
  ['EFS.2', 'the backup policy of a file system is EFS.7'],
  ['IAM.7', 'seven parts of one policy, which are IAM.11 to IAM.17'],
  ['IAM.8', 'unused for 45 days is IAM.22'],
  ['IAM.10', 'seven parts of one policy'],
  ['IAM.19', 'users with a console password only: IAM.5'],
  ['IAM.26', 'unused credentials are IAM.22'],
  ['Neptune.9', 'copying tags is Neptune.8'],
  ['RDS.37', 'logs of every engine, so RDS.34 too'],
  ['S3.6', 'every other account, not certain actions'],
  ['S3.7', 'access of other accounts, not replication'],
  ['SSM.2', 'patches and associations'],
  ['SSM.3', 'patches and associations'],
  ['S3.2', 'anything public, so S3.3 too'],
])

const found = await packageFolder()
const why = 'missing' in found ? `skipped: ${found.missing}` : ''

describe.skipIf(why !== '')(`names of Prowler's checks, compared with its own metadata ${why}`, () => {
  let checks: Check[] = []
  let folder = ''
  beforeAll(() => {
    folder = 'folder' in found ? found.folder : ''
    checks = readChecks(folder)
    expect(checks.length).toBeGreaterThan(600)
  })

  test('each check of which its metadata names one control is joined to it, or the reason stands in the data', () => {
    const wrong = checks.filter(({ id, cited: [only, ...others] }) => {
      if (!only || others.length > 0 || SLIPS.has(id) || reasons.has(id)) return false
      return !sameId(rowOf(id), controlTable.named(only)?.id ?? only)
    })
    expect(wrong.map(({ id, cited }) => `${id}: ${cited}, not ${rowOf(id)}`)).toEqual([])
  })

  test('each pair of its FSBP file is one here, but for loose ones', () => {
    const wrong = requirementsIn(folder, 'aws_foundational_security_best_practices').flatMap(({ Id, Checks }) => {
      const control = controlTable.named(Id)?.id
      if (!control) return [`${Id} has no row`]
      return LOOSE.has(Id)
        ? []
        : Checks.filter(check => rowOf(check) !== control && !reasons.has(check)).map(check => `${Id}: ${check}`)
    })
    expect(wrong).toEqual([])
  })

  test('the former names of a joined check are joined with it', () => {
    for (const { id, aliases } of checks) for (const alias of aliases) expect(rowOf(alias), alias).toBe(rowOf(id))
  })

  test('every name of a check in the table exists, or existed in an earlier version', () => {
    const known = new Set(checks.flatMap(({ id, aliases }) => [id, ...aliases]))
    for (const { id, names } of controlTable.controls)
      for (const [name, origin] of Object.entries(names.prowler ?? {}))
        expect(known.has(name) || origin === 'prowler-3', `${name} of ${id}`).toBe(true)
  })

  test('every check is in the table, or has a category of its own', () => {
    expect(checks.filter(({ id }) => !rowOf(id) && !otherCheck(id)).map(({ id }) => id)).toEqual([])
  })

  test.each(['1.4', '1.5', '2.0', '3.0', '4.0', '5.0', '6.0', '7.0'])(
    'a recommendation of CIS %s with checks of one control is that control, or the reason stands in the data',
    version => {
      const own = version === '4.0' ? '4.0.1' : `${version}.0`
      const wrong = requirementsIn(folder, `cis_${version}`).flatMap(({ Id, Checks }) => {
        const name = `CIS ${own}/${Id}`
        const rows = new Set(Checks.map(rowOf).filter(row => row !== null))
        return rows.size === 0 || rowOf(name) || reasons.has(name.toLowerCase()) ? [] : [name]
      })
      expect(wrong).toEqual([])
    },
  )
})

/** Checks that fail in real reports and that Security Hub has no control for. */
const ALONE = new Set([
  'account_maintain_current_contact_details',
  'accessanalyzer_enabled_without_findings',
  'awslambda_function_invoke_api_operations_cloudtrail_logging_enabled',
  'cloudwatch_log_group_kms_encryption_enabled',
  'ec2_securitygroup_from_launch_wizard',
  'ec2_securitygroup_in_use_without_ingress_filtering',
  'glue_data_catalogs_connection_passwords_encryption_enabled',
  'glue_data_catalogs_metadata_encryption_enabled',
  'iam_role_administratoraccess_policy_permissive_trust_relationship',
  'iam_role_cross_account_readonlyaccess_policy',
  'iam_role_cross_service_confused_deputy_prevention',
  'iam_user_hardware_mfa_enabled',
  'iam_user_two_active_access_key',
  'securityhub_enabled',
])

test('of the checks that fail in real reports, every one with a counterpart is joined', () => {
  expect(failures.length).toBeGreaterThan(80)
  const apart = failures.map(({ check }) => check).filter(check => !rowOf(check))
  expect(apart.filter(check => !ALONE.has(check) && !reasons.has(check.toLowerCase()))).toEqual([])
  for (const check of ALONE) expect(rowOf(check), check).toBeNull()
})
