import { describe, expect, test } from 'vitest'
import { placeholdersOf } from '@/lib/domain/commands/command'
import { INPUTS, PLACEHOLDERS } from '@/lib/domain/commands/placeholders'
import { controlTable, shippedControlTable } from '@/lib/domain/controls/table'
import commandTable from '@/lib/domain/controls/text/commands.json'
import {
  ControlCommands,
  Explanations,
  explanationFor,
  explanationKey,
  Families,
} from '@/lib/domain/controls/text/explanations'
import explainedInEnglish from '@/lib/domain/controls/text/explanations.en.json'
import explainedInJapanese from '@/lib/domain/controls/text/explanations.ja.json'
import familiesInEnglish from '@/lib/domain/controls/text/families/en.json'
import familiesInJapanese from '@/lib/domain/controls/text/families/ja.json'
import familyTable from '@/lib/domain/controls/text/families/table.json'
import {
  canonicalTitle,
  controlsTitled,
  Titles,
  withCanonicalFindings,
  withCanonicalLabels,
  withCanonicalTitles,
} from '@/lib/domain/controls/text/titles'
import english from '@/lib/domain/controls/text/titles.en.json'
import japanese from '@/lib/domain/controls/text/titles.ja.json'
import advisorChecks from '@/lib/sources/trusted-advisor/checks.json'
import moreAdvisorChecks from '@/lib/sources/trusted-advisor/more-checks.json'
import { toResourceType } from '@/lib/sources/values/resource-type'
import failures from '../../fixtures/prowler-failures.json'
import { JAPANESE_TYPOGRAPHY, problemsOf, problemsOfPair, REFUSED_JAPANESE } from '../../support/wording'

const canonical = shippedControlTable.controls
const en = Titles.parse(english)
const ja = Titles.parse(japanese)

/** Terms of AWS's Japanese documentation, by the English of the title. */
const AWS_TERMS: readonly (readonly [RegExp, RegExp])[] = [
  [/\bat[ -]rest\b/i, /保管中/],
  [/\bin[ -]transit\b/i, /転送中/],
  [/\bpublicly accessible\b/i, /パブリックにアクセスできない/],
  [/\bautomatic minor version\b/i, /自動マイナーバージョンアップグレード/],
  [/\bgeneral purpose bucket/i, /汎用バケット/],
  [/\bblock public access set/i, /ブロックパブリックアクセスの?設定/],
  [/\bdeletion protection\b/i, /削除保護/],
  [/\bAvailability Zones?\b/i, /アベイラビリティーゾーン/],
  [/\blog metric filter\b/i, /ログメトリクスフィルター/],
  [/\bweb ACLs?\b/i, /ウェブ ACL/],
  [/\btrails?\b/i, /証跡/],
  [/\benhanced VPC routing\b/i, /拡張 VPC ルーティング/],
  [/\bcustomer managed (?:AWS )?KMS\b/i, /カスタマーマネージド/],
  [/\bcustomer managed polic/i, /カスタマー管理ポリシー/],
  [/\blaunch templates?\b/i, /起動テンプレート/],
  [/\blaunch configurations?\b/i, /起動設定/],
  [/\blifecycle configurations?\b/i, /ライフサイクル設定/],
]

describe('the titles of controls', () => {
  test('exist in both languages, and none is empty', () => {
    expect(Object.keys(ja)).toEqual(Object.keys(en))
    expect([...Object.values(en), ...Object.values(ja)].filter(title => title.trim() === '')).toEqual([])
  })

  test('exist for every canonical control', () => {
    const ids = canonical.map(({ id }) => id)
    expect(ids.filter(id => canonicalTitle('ja', id) === null)).toEqual([])
    // A search finds the findings of a control by its id in exactly this spelling.
    expect(canonical.filter(({ id }) => !Object.hasOwn(en, id))).toEqual([])
    const lower = Object.keys(en).map(id => id.toLowerCase())
    expect(new Set(lower).size).toBe(lower.length)
  })

  test('exist for every check that fails in real reports, and every security check of Trusted Advisor', () => {
    const security = Object.entries({ ...advisorChecks, ...moreAdvisorChecks }).filter(
      ([, { pillar }]) => pillar === 'security',
    )
    const named = [
      ...failures.map(({ check }) => controlTable.find(check, 'prowler')?.id ?? check),
      ...security.map(([id]) => controlTable.find(id, 'trusted-advisor')?.id ?? id),
    ]
    expect(named.filter(control => canonicalTitle('ja', control) === null)).toEqual([])
  })

  test('are short sentences without a full stop, in the form of AWS', () => {
    // The words of AWS, so that only the Japanese ones follow the glossary of the product.
    const problems = Object.values(ja).flatMap(title =>
      problemsOf(title, [...REFUSED_JAPANESE, ...JAPANESE_TYPOGRAPHY]),
    )
    expect(problems).toEqual([])
    expect([...Object.values(en), ...Object.values(ja)].filter(title => /[.。]$/.test(title))).toEqual([])
    const forms =
      /(?:必要があります|必要です|お勧めします|ください|いけません|なりません|確認します|避けます|削除します)(?: \(PCI DSS\))?$/
    expect(Object.values(ja).filter(title => !forms.test(title))).toEqual([])
  })

  test('have one Japanese term for each English one, the one of AWS', () => {
    const wrong = Object.keys(en).flatMap(control =>
      AWS_TERMS.filter(
        ([english, japanese]) => english.test(en[control] ?? '') && !japanese.test(ja[control] ?? ''),
      ).map(([, japanese]) => `${control} says ${ja[control]} without ${japanese.source}`),
    )
    expect(wrong).toEqual([])
    const others = /保管時|保存時|転送時|ロギング|ユーザーネーム|追跡|持たない必要/
    expect(Object.entries(ja).filter(([, title]) => others.test(title))).toEqual([])
  })

  test('have the names of buckets, settings and events that AWS gives them', () => {
    expect(canonicalTitle('ja', 'S3.8')).toBe('S3 汎用バケットはパブリックアクセスをブロックする必要があります')
    expect(canonicalTitle('ja', 'EC2.19')).toBe(
      'セキュリティグループは、リスクの高いポートへの無制限アクセスを許可してはいけません',
    )
    expect(canonicalTitle('ja', 'CloudWatch.3')).toBe(
      'MFA を使用しないマネジメントコンソールサインインに対してログメトリクスフィルターとアラームが存在することを確認します',
    )
  })

  test('are found by control in any case, and replace the title of a tool', () => {
    expect(canonicalTitle('en', 'opensearch.1')).toBe('OpenSearch domains should have encryption at rest enabled')
    expect(canonicalTitle('en', 'my_own_check')).toBeNull()
    expect(canonicalTitle('en', 'constructor')).toBeNull()
    const rows = [
      { control: 'IAM.9', title: 'MFA on Root Account', id: 1 },
      { control: 'my_own_check', title: 'My check', id: 2 },
    ]
    expect(withCanonicalTitles('ja', rows)).toEqual([
      { control: 'IAM.9', title: 'ルートユーザーに対して MFA を有効にする必要があります', id: 1 },
      { control: 'my_own_check', title: 'My check', id: 2 },
    ])
  })

  test('replace the labels of groups and the titles in exceptions', () => {
    const title = 'MFA should be enabled for the root user'
    expect(withCanonicalLabels('en', [{ key: 'IAM.9', label: 'x' }])).toEqual([{ key: 'IAM.9', label: title }])
    const rows = [{ finding: { control: 'IAM.9', title: 'x' } }, { finding: null }]
    expect(withCanonicalFindings('en', rows)).toEqual([{ finding: { control: 'IAM.9', title } }, { finding: null }])
  })

  test('are searched in both languages', () => {
    expect(controlsTitled('ルートユーザーに対して mfa')).toEqual(['IAM.9'])
    expect(controlsTitled('Hardware MFA')).toEqual(['IAM.6'])
    expect(controlsTitled('no such words')).toEqual([])
  })
})

describe('the explanations of controls', () => {
  const { commands, same } = ControlCommands.parse(commandTable)
  const texts = { en: Explanations.parse(explainedInEnglish), ja: Explanations.parse(explainedInJapanese) }
  const families = Families.parse(familyTable)
  const shared = { en: Explanations.parse(familiesInEnglish), ja: Explanations.parse(familiesInJapanese) }
  const parts = ['risk', 'harmless', 'do'] as const
  const finding = {
    control: 'S3.8',
    accountId: '111122223333',
    region: 'ap-northeast-1',
    resourceId: 'arn:aws:s3:::my-bucket',
    resourceType: 'AwsS3Bucket',
    otherResources: [],
    sightings: [],
    facts: null,
  }

  test('exist in both languages with commands, and none is empty', () => {
    expect(Object.keys(texts.ja)).toEqual(Object.keys(texts.en))
    expect(Object.keys(commands).sort()).toEqual(Object.keys(texts.en).sort())
    const all = [texts.en, texts.ja].flatMap(text => Object.values(text).flatMap(each => parts.map(part => each[part])))
    expect(all.filter(text => text.trim() === '')).toEqual([])
    expect(Object.entries(commands).filter(([, lines]) => lines.length === 0)).toEqual([])
    for (const [key, other] of Object.entries(same)) {
      expect(commands).toHaveProperty([other])
      expect(commands).not.toHaveProperty([key])
    }
  })

  test('of families exist in both languages, with commands for each of their controls, which are in one family', () => {
    expect(Object.keys(shared.en)).toEqual(Object.keys(families))
    expect(Object.keys(shared.ja)).toEqual(Object.keys(families))
    const members = Object.values(families).flatMap(controls => Object.entries(controls))
    expect(members.filter(([, lines]) => lines.length === 0)).toEqual([])
    const names = members.map(([control]) => control)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter(name => Object.hasOwn(commands, name) || Object.hasOwn(same, name))).toEqual([])
  })

  test('use the words of the product', () => {
    const pairs = [texts, shared].flatMap(({ en, ja }) =>
      Object.entries(en).flatMap(([key, each]) => parts.map(part => [each[part], ja[key]?.[part] ?? ''] as const)),
    )
    expect(pairs.flatMap(([a, b]) => problemsOfPair(a, b))).toEqual([])
    expect(pairs.length).toBeGreaterThan(450)
  })

  test('use only known placeholders, and quotes that are closed', () => {
    const templates = [...Object.values(commands), ...Object.values(families).flatMap(Object.values)].flat()
    const known = [...INPUTS, ...Object.keys(PLACEHOLDERS)]
    expect(templates.flatMap(placeholdersOf).filter(name => !known.includes(name))).toEqual([])
    expect(templates.filter(each => (each.match(/'/g) ?? []).length % 2 === 1)).toEqual([])
  })

  test('exist for every canonical control, with the commands of this control', async () => {
    const missing = canonical
      .map(({ id }) => id)
      .filter(control => explanationKey({ control, resourceType: '' }) === null)
    expect(missing).toEqual([])
    for (const { id } of canonical) {
      const explained = await explanationFor('ja', { ...finding, control: id })
      expect(explained?.commands.length, id).toBeGreaterThan(0)
    }
  })

  test('exist for every check that fails in real reports', () => {
    const missing = failures
      .map(({ check }) => controlTable.find(check, 'prowler')?.id ?? check)
      .filter(control => explanationKey({ control, resourceType: '' }) === null)
    expect(missing).toEqual([])
  })

  test('exist for every security check of Trusted Advisor; an incident has steps instead', () => {
    const security = Object.entries({ ...advisorChecks, ...moreAdvisorChecks }).filter(
      ([, { pillar }]) => pillar === 'security',
    )
    expect(security.length).toBeGreaterThan(200)
    const controls = security.map(([id]) => controlTable.find(id, 'trusted-advisor')?.id ?? id)
    expect(controls.filter(control => explanationKey({ control, resourceType: '' }) === null)).toEqual(['12Fnkpl8Y5'])
  })

  test('of a family are filled in with the resource of the finding', async () => {
    const queue = {
      ...finding,
      control: 'Kinesis.1',
      resourceId: 'arn:aws:kinesis:ap-northeast-1:111122223333:stream/log',
    }
    const explained = await explanationFor('en', queue)
    expect(explained?.risk).toBe(shared.en['encryption-at-rest']?.risk)
    expect(explained?.commands.map(({ text }) => text)).toEqual([
      'aws kinesis start-stream-encryption --stream-name log --encryption-type KMS --key-id alias/aws/kinesis --region ap-northeast-1',
    ])
    const ofAccount = await explanationFor('en', { ...queue, resourceId: 'AWS::::Account:111122223333' })
    expect(ofAccount?.commands[0]?.unset).toEqual(['RESOURCE_NAME'])
  })

  /** The 50 checks of Prowler without a canonical control that fail most often in public example reports. */
  const commonest = `
    ec2_ebs_volume_snapshots_exists
    s3_bucket_default_encryption
    s3_bucket_cross_region_replication
    s3_bucket_event_notifications_enabled
    ec2_networkacl_allow_ingress_any_port
    iam_user_hardware_mfa_enabled
    ec2_instance_detailed_monitoring_enabled
    ec2_instance_profile_attached
    ec2_securitygroup_allow_ingress_from_internet_to_any_port
    securityhub_enabled
    networkfirewall_in_all_vpc
    vpc_subnet_separate_private_public
    ec2_instance_port_rdp_exposed_to_internet
    cloudtrail_multi_region_enabled_logging_management_events
    iam_user_no_setup_initial_access_key
    awslambda_function_invoke_api_operations_cloudtrail_logging_enabled
    iam_role_cross_service_confused_deputy_prevention
    glue_data_catalogs_connection_passwords_encryption_enabled
    glue_data_catalogs_metadata_encryption_enabled
    bedrock_model_invocation_logging_enabled
    macie_automated_sensitive_data_discovery_enabled
    iam_user_two_active_access_key
    account_maintain_different_contact_details_to_security_billing_and_operations
    iam_no_custom_policy_permissive_role_assumption
    iam_securityaudit_role_created
    iam_inline_policy_no_full_access_to_cloudtrail
    iam_inline_policy_no_full_access_to_kms
    iam_inline_policy_no_wildcard_marketplace_subscribe
    guardduty_delegated_admin_enabled_all_regions
    sagemaker_clarify_exists
    sagemaker_models_monitor_enabled
    sagemaker_models_registry_in_use
    securityhub_delegated_admin_enabled_all_regions
    iam_check_saml_providers_sts
    awslambda_function_env_vars_not_encrypted_with_cmk
    awslambda_function_no_dead_letter_queue
    fms_policy_compliant
    organizations_account_part_of_organizations
    organizations_scp_check_deny_regions
    organizations_tags_policies_enabled_and_attached
    cloudwatch_log_group_kms_encryption_enabled
    iam_policy_no_full_access_to_cloudtrail
    iam_policy_no_full_access_to_kms
    iam_policy_no_wildcard_marketplace_subscribe
    accessanalyzer_enabled_without_findings
    cloudtrail_bucket_requires_mfa_delete
    cloudtrail_insights_exist
    dynamodb_tables_kms_cmk_encryption_enabled
    ecr_registry_scan_images_on_push_enabled
    rds_instance_deprecated_engine_version
  `
  test('exist for the commonest failing checks without a canonical control', () => {
    const checks = commonest.trim().split(/\s+/)
    expect(checks).toHaveLength(50)
    expect(checks.filter(control => explanationKey({ control, resourceType: '' }) === null)).toEqual([])
  })

  test('exist for the kinds of findings of Access Analyzer', () => {
    const key = (control: string, resourceType = '') =>
      explanationKey({ control: `access-analyzer/${control}`, resourceType })
    for (const kind of ['UnusedIAMRole', 'UnusedIAMUserAccessKey', 'UnusedIAMUserPassword', 'UnusedPermission'])
      expect(key(kind)).not.toBeNull()
    expect(key('InternalAccess')).not.toBeNull()
    expect(key('ExternalAccess', 'AWS::IAM::Role')).toBe('access-analyzer/ExternalAccess/AWS::IAM::Role')
    expect(key('ExternalAccess', 'AWS::New::Kind')).toBe('access-analyzer/ExternalAccess')
  })

  test('of a type of resource are found by the name that findings have for it', () => {
    const table = ControlCommands.parse(commandTable)
    const rows = [...Object.keys(table.commands).map(key => [key, key]), ...Object.entries(table.same)]
    const typed = rows.flatMap(([name = '', key]) => {
      const [, control, resourceType] = /^(.+)\/(AWS::.+)$/.exec(name) ?? []
      return control && resourceType ? [{ control, resourceType: toResourceType(resourceType), key }] : []
    })
    expect(typed.length).toBeGreaterThan(10)
    expect(typed.filter(({ key, ...finding }) => explanationKey(finding) !== key)).toEqual([])
  })

  test('are filled in with the finding, in the language of the reader', async () => {
    const english = await explanationFor('en', finding)
    expect(english?.commands[0]?.text).toMatch(/^aws s3api put-public-access-block --bucket my-bucket /)
    expect((await explanationFor('ja', finding))?.risk).toBe(texts.ja['S3.8']?.risk)
    expect(await explanationFor('en', { ...finding, control: 'my_own_check' })).toBeNull()
    expect(await explanationFor('en', { ...finding, control: '__proto__' })).toBeNull()
  })

  test.each(['S3.8', 's3.8'])('are found in any case: %s', control => {
    expect(explanationKey({ control, resourceType: '' })).toBe('S3.8')
  })
})
