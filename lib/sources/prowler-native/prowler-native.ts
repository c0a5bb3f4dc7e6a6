import type { CheckFacts } from '../../domain/findings/facts'
import { type Severity, severityNamed } from '../../domain/findings/severity'
import { type Outcome, type Result, suppressedBy } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ReadingContext, Source } from '../source'
import { frameworksIn, toCheckFacts } from '../values/check-facts'
import { arnParts, derivedId, firstRegion, identify, prose, requireAccount } from '../values/fields'
import { valueAt } from '../values/loose'
import { toTags } from '../values/tags'
import { firstText, httpUrl, isRecord, shown } from '../values/text'
import { readUpdated } from '../values/time'
import { partOfResource } from './part-of-resource'

/** One row, with the same names for every version of Prowler. */
interface Row {
  provider: string
  account: unknown
  region: string
  check: string
  title: string
  /** If the version names no resource, its status text, which separates two rows of one check. */
  resource: string
  /** The version's name for the resource, in addition to its ARN. */
  resourceName: string
  resourceType: string
  message: string
  status: string
  muted: boolean
  severity: string
  uid: string
  risk: string
  remedy: string
  url: unknown
  at: unknown
  /** Tags in the format of the version. */
  tags: unknown
  facts: CheckFacts | null
}

/**
 * Prowler's own output: CSV of its versions 2 to 5, and the JSON that it wrote before OCSF. The same checks and ids as
 * in its ASFF and OCSF output. https://docs.prowler.com/projects/prowler-open-source/en/latest/tutorials/reporting/
 */
export const prowlerNative: Source<Row> = {
  recognises: record => isCurrent(record) || isThird(record) || isSecondCsv(record) || isSecondJson(record),
  parse(record) {
    if (isCurrent(record)) return fromCurrent(record)
    if (isThird(record)) return fromThird(record)
    return isSecondCsv(record) ? fromSecondCsv(record) : fromSecondJson(record)
  },
  normalise,
}

const isCurrent = (record: Record<string, unknown>) => 'CHECK_ID' in record && 'STATUS' in record
const isThird = (record: Record<string, unknown>) => 'CheckID' in record && 'Status' in record
const isSecondCsv = (record: Record<string, unknown>) => 'TITLE_ID' in record && 'CHECK_RESULT' in record
const isSecondJson = (record: Record<string, unknown>) => 'Account Number' in record && 'Control ID' in record

function fromCurrent(record: Record<string, unknown>): Row {
  const text = (...names: string[]) => firstText(...names.map(name => record[name]))
  return {
    provider: text('PROVIDER'),
    account: text('ACCOUNT_UID', 'ACCOUNT_ID'),
    region: text('REGION'),
    check: text('CHECK_ID'),
    title: text('CHECK_TITLE'),
    resource: text('RESOURCE_UID', 'RESOURCE_ARN', 'RESOURCE_ID', 'RESOURCE_NAME'),
    resourceName: text('RESOURCE_NAME', 'RESOURCE_ID'),
    resourceType: text('RESOURCE_TYPE'),
    message: text('STATUS_EXTENDED', 'DESCRIPTION'),
    status: text('STATUS'),
    muted: /^true$/i.test(text('MUTED')),
    severity: text('SEVERITY'),
    uid: text('FINDING_UID', 'FINDING_UNIQUE_ID'),
    risk: text('RISK'),
    remedy: text('REMEDIATION_RECOMMENDATION_TEXT'),
    url: text('REMEDIATION_RECOMMENDATION_URL', 'RELATED_URL'),
    at: text('TIMESTAMP', 'ASSESSMENT_START_TIME'),
    tags: record.RESOURCE_TAGS,
    facts: toCheckFacts({
      categories: text('CATEGORIES').split(/[,|]/),
      frameworks: frameworksIn(text('COMPLIANCE')),
      cli: record.REMEDIATION_CODE_CLI,
      terraform: record.REMEDIATION_CODE_TERRAFORM,
      cloudFormation: record.REMEDIATION_CODE_NATIVEIAC,
      other: record.REMEDIATION_CODE_OTHER,
      references: [record.REMEDIATION_RECOMMENDATION_URL, ...text('ADDITIONAL_URLS').split(' | ')],
    }),
  }
}

function fromThird(record: Record<string, unknown>): Row {
  const text = (...names: string[]) => firstText(...names.map(name => record[name]))
  const remediation = isRecord(record.Remediation) ? record.Remediation : {}
  const recommendation = isRecord(remediation.Recommendation) ? remediation.Recommendation : {}
  return {
    provider: text('Provider'),
    account: record.AccountId,
    region: text('Region'),
    check: text('CheckID'),
    title: text('CheckTitle'),
    resource: text('ResourceArn', 'ResourceId'),
    resourceName: text('ResourceId'),
    resourceType: text('ResourceType'),
    message: text('StatusExtended', 'Description'),
    status: text('Status'),
    muted: false,
    severity: text('Severity'),
    uid: text('FindingUniqueId'),
    risk: text('Risk'),
    remedy: firstText(recommendation.Text),
    url: recommendation.Url,
    at: record.AssessmentStartTime,
    tags: record.ResourceTags,
    facts: toCheckFacts({
      categories: record.Categories,
      frameworks: isRecord(record.Compliance) ? Object.entries(record.Compliance) : [],
      cli: valueAt(remediation, 'Code', 'CLI'),
      terraform: valueAt(remediation, 'Code', 'Terraform'),
      cloudFormation: valueAt(remediation, 'Code', 'NativeIaC'),
      other: valueAt(remediation, 'Code', 'Other'),
      references: [recommendation.Url],
    }),
  }
}

/** The check's name is in brackets before its title. */
const NAMED = /^\[([a-z0-9_]+)\]\s*/i

function fromSecondCsv(record: Record<string, unknown>): Row {
  const text = (name: string) => firstText(record[name])
  return {
    provider: 'aws',
    account: record.ACCOUNT_NUM,
    region: text('REGION'),
    check: NAMED.exec(text('TITLE_TEXT'))?.[1] ?? text('TITLE_ID'),
    title: text('TITLE_TEXT').replace(NAMED, ''),
    resource: '',
    resourceName: '',
    resourceType: text('CHECK_ASFF_RESOURCE_TYPE'),
    message: text('CHECK_RESULT_EXTENDED'),
    status: text('CHECK_RESULT'),
    muted: false,
    severity: text('CHECK_SEVERITY'),
    uid: '',
    risk: text('CHECK_RISK'),
    remedy: text('CHECK_REMEDIATION'),
    url: record.CHECK_DOC,
    at: undefined,
    tags: undefined,
    facts: null,
  }
}

function fromSecondJson(record: Record<string, unknown>): Row {
  const text = (name: string) => firstText(record[name])
  return {
    provider: 'aws',
    account: record['Account Number'],
    region: text('Region'),
    check: NAMED.exec(text('Control'))?.[1] ?? text('Control ID'),
    title: text('Control').replace(NAMED, ''),
    resource: text('Resource ID'),
    resourceName: '',
    resourceType: '',
    message: text('Message'),
    status: text('Status'),
    muted: false,
    severity: text('Severity'),
    uid: '',
    risk: text('Risk'),
    remedy: text('Remediation'),
    url: record['Doc link'],
    at: record.Timestamp,
    tags: undefined,
    facts: null,
  }
}

function normalise(row: Row, context: ReadingContext): Outcome[] {
  if (row.provider !== '' && row.provider.toLowerCase() !== 'aws') {
    throw new RejectedRecord('other_cloud', { provider: shown(row.provider) })
  }
  const accountId = requireAccount(row.account)
  if (row.check === '') throw new RejectedRecord('missing_field', { field: 'CHECK_ID' }, accountId)
  const control = identify(row.check, 'CHECK_ID', accountId)
  const region = firstRegion(arnParts(row.resource)?.region, row.region)
  // A version that names no resource reports on the account; each of its status texts is a sighting.
  const resource = identify(row.resource || `arn:aws:iam::${accountId}:root`, 'RESOURCE_UID', accountId)
  const stable = row.resource === '' ? row.message : ''
  const result = resultOf(row, accountId)
  return [
    {
      source: 'prowler',
      product: 'Prowler',
      nativeId: identify(row.uid, 'FINDING_UID', accountId) || derivedId('Prowler', control, region, resource, stable),
      class: 'posture',
      accountId,
      region,
      control,
      result,
      ...(result === 'suppressed' && { suppression: suppressedBy('mutelist') }),
      severity: severityOf(row.severity, accountId),
      title: prose(firstText(row.title, control), 'title'),
      description: prose([row.message, row.risk].filter(Boolean).join('\n\n'), 'text'),
      remediationText: prose(row.remedy, 'text'),
      remediationUrl: httpUrl(row.url),
      resource: { id: resource, type: prose(row.resourceType, 'name') },
      otherResources: [],
      tags: toTags(row.tags),
      facts: row.facts,
      packageName: identify(partOfResource(row.check, resource, row.resourceName), 'RESOURCE_NAME', accountId),
      firstObservedAt: null,
      ...readUpdated([['TIMESTAMP', row.at]], context, accountId),
    },
  ]
}

const RESULTS: ReadonlyMap<string, Result> = new Map([
  ['FAIL', 'failed'],
  ['PASS', 'passed'],
  ['MANUAL', 'not_available'],
  ['INFO', 'not_available'],
  ['MUTED', 'suppressed'],
  ['WARNING', 'suppressed'],
])

function resultOf({ status, muted }: Row, accountId: string): Result {
  const result = RESULTS.get(status.toUpperCase())
  if (!result) throw new RejectedRecord('bad_field', { field: 'STATUS', value: shown(status) }, accountId)
  return muted && result === 'failed' ? 'suppressed' : result
}

function severityOf(word: string, accountId: string): Severity {
  if (word === '') throw new RejectedRecord('missing_field', { field: 'SEVERITY' }, accountId)
  const found = severityNamed(word)
  if (!found) throw new RejectedRecord('bad_severity', { value: shown(word) }, accountId)
  return found
}
