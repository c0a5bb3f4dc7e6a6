import { activityOf } from './activity'
import { checkDetails } from './catalogue/check-details'
import type { Control } from './catalogue/control'
import type { ProwlerCheck, Threat, Weakness } from './catalogue/other-tools'
import { weaknessDetails } from './catalogue/weakness-details'
import { imageDigest, imageTags } from './images'
import { accounts } from './organisation'
import { between, hex, random, uuid } from './random'
import { resultOn, type Watch } from './world'

/** When a report is made, and how days become instants. */
export interface ReportTime {
  day: number
  at: Date
  instantOf: (day: number) => Date
}

/** A page of Security Hub's GetFindings for the whole organization, as its delegated administrator fetches it. */
export function securityHubReport(watches: readonly Watch[], time: ReportTime): string {
  const findings = watches.map(watch => asffRecord(watch, time)).filter(record => record !== null)
  return `{"Findings":[\n${findings.map(finding => JSON.stringify(finding)).join(',\n')}\n]}`
}

/** The same for one account, by a role that lost a permission: it sees one resource of each control in each Region. */
export function narrowReport(accountId: string, watches: readonly Watch[], time: ReportTime): string {
  const seen = new Set<string>()
  const visible = watches.filter(watch => {
    const record = watch.account.id === accountId ? asffRecord(watch, time) : null
    if (record === null) return false
    const place = `${record.GeneratorId}/${record.Region}`
    if (watch.about.tool === 'security-hub' && seen.has(place)) return false
    seen.add(place)
    return true
  })
  return securityHubReport(visible, time)
}

/** The output of `prowler aws --output-formats json-ocsf` for one account. */
export function prowlerReport(accountId: string, watches: readonly Watch[], time: ReportTime): string {
  const records = watches.filter(watch => watch.account.id === accountId).map(watch => ocsfRecord(watch, time))
  return `[\n${records
    .filter(record => record !== null)
    .map(record => JSON.stringify(record))
    .join(',\n')}\n]`
}

/** The record of a tool about a watch on that day; null if there is none. */
export function recordOf(watch: Watch, time: ReportTime): Record<string, unknown> | null {
  return watch.about.tool === 'prowler' ? ocsfRecord(watch, time) : asffRecord(watch, time)
}

function asffRecord(watch: Watch, time: ReportTime): Record<string, unknown> | null {
  const result = resultOn(watch, time.day)
  const { about } = watch
  if (result === null || about.tool === 'prowler') return null
  const archived = result === 'archived'
  const base = { ...commonAsff(watch, time), RecordState: archived ? 'ARCHIVED' : 'ACTIVE' }
  if (about.tool === 'security-hub') {
    const severity = result === 'passed' ? 'INFORMATIONAL' : about.severity.toUpperCase()
    return {
      ...base,
      ...controlPart(watch, about.control, severity, result === 'passed'),
      ...(result === 'failed' && suppressedPart(watch, about.control[0], base.FirstObservedAt)),
    }
  }
  if (about.tool === 'inspector') return { ...base, ...weaknessPart(watch, about.weakness) }
  const { fields, resources } = activityOf(watch, about.threat, new Date(base.FirstObservedAt), time.at)
  return {
    ...base,
    ...threatPart(watch, about.threat),
    Resources: [...base.Resources, ...resources],
    ProductFields: fields,
  }
}

function commonAsff({ account, resource, spans, about }: Watch, { at, instantOf, day }: ReportTime) {
  const first = firstSeen(spans, day, instantOf, `${account.id}/${resource.id}`)
  return {
    SchemaVersion: '2018-10-08',
    Region: resource.region,
    CompanyName: 'AWS',
    AwsAccountId: account.id,
    ...(account.name ? { AwsAccountName: account.name } : {}),
    FirstObservedAt: first.toISOString(),
    LastObservedAt: at.toISOString(),
    CreatedAt: first.toISOString(),
    UpdatedAt: at.toISOString(),
    Resources: [
      {
        ...(about.tool === 'inspector' && resource.kind === 'repository'
          ? imagePart(resource, first)
          : { Type: resource.type, Id: resource.id }),
        Partition: 'aws',
        Region: resource.region,
        ...(resource.type === 'AwsAccount' ? {} : { Tags: { Name: resource.name, ManagedBy: 'terraform' } }),
      },
    ],
    WorkflowState: 'NEW',
    Workflow: { Status: 'NEW' },
  }
}

/** The image of a repository: vulnerabilities are those of an image. */
function imagePart({ id, name }: Watch['resource'], pushedAt: Date) {
  const digest = imageDigest(id)
  return {
    Type: 'AwsEcrContainerImage',
    Id: `${id}/${digest}`,
    Details: {
      AwsEcrContainerImage: {
        RegistryId: id.split(':')[4],
        RepositoryName: name,
        ImageDigest: digest,
        ImageTags: imageTags(id),
        ImagePublishedAt: pushedAt.toISOString(),
      },
    },
  }
}

/** Problems of the first day are older than the history. */
function firstSeen(spans: Watch['spans'], day: number, instantOf: ReportTime['instantOf'], key: string): Date {
  const from = spans.findLast(([start]) => start <= day)?.[0] ?? 0
  const before = from === 0 ? Math.floor(between(random('age', key), 3, 200)) : 0
  return instantOf(from - before)
}

/** A few findings are suppressed in Security Hub, by whoever writes the note. */
function suppressedPart({ account, resource }: Watch, control: string, at: string) {
  if (random('suppressed', account.id, control, resource.id)() > 0.02) return null
  const by = `arn:aws:sts::${account.id}:assumed-role/operator/tanaka`
  return {
    Workflow: { Status: 'SUPPRESSED' },
    Note: { Text: '検証用のため対応しません。', UpdatedBy: by, UpdatedAt: at },
  }
}

function product(region: string, name: string) {
  return `arn:aws:securityhub:${region}::product/aws/${name}`
}

function controlPart({ account, resource }: Watch, [id, , title, checks]: Control, label: string, passes: boolean) {
  const findingId = `arn:aws:securityhub:${resource.region}:${account.id}:security-control/${id}/finding/${uuid(account.id, id, resource.id)}`
  return {
    Id: findingId,
    ProductArn: product(resource.region, 'securityhub'),
    ProductName: 'Security Hub',
    GeneratorId: `security-control/${id}`,
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    Severity: { Label: label, Original: label },
    Title: title,
    Description: `This control checks whether ${checks}.`,
    Remediation: {
      Recommendation: {
        Text: 'For information on how to correct this issue, consult the AWS Security Hub controls documentation.',
        Url: `https://docs.aws.amazon.com/console/securityhub/${id}/remediation`,
      },
    },
    ProductFields: { 'aws/securityhub/ProductName': 'Security Hub', 'aws/securityhub/FindingId': findingId },
    Compliance: {
      Status: passes ? 'PASSED' : 'FAILED',
      SecurityControlId: id,
      AssociatedStandards: [{ StandardsId: 'standards/aws-foundational-security-best-practices/v/1.0.0' }],
    },
  }
}

function weaknessPart({ account, resource }: Watch, [cve, name, version, label, , text]: Weakness) {
  return {
    Id: `arn:aws:inspector2:${resource.region}:${account.id}:finding/${hex(32, account.id, cve, resource.id)}`,
    ProductArn: product(resource.region, 'inspector'),
    ProductName: 'Inspector',
    GeneratorId: 'AWSInspector',
    Types: ['Software and Configuration Checks/Vulnerabilities/CVE'],
    Severity: { Label: label, Normalized: label === 'CRITICAL' ? 90 : label === 'HIGH' ? 70 : 40 },
    Title: `${cve} - ${name}`,
    Description: text,
    Remediation: {
      Recommendation: {
        Text: `Update ${name} to a version without ${cve}, and deploy it.`,
        Url: `https://nvd.nist.gov/vuln/detail/${cve}`,
      },
    },
    Vulnerabilities: [vulnerabilityOf(cve, name, version)],
  }
}

function vulnerabilityOf(cve: string, name: string, version: string) {
  const details = weaknessDetails[cve]
  if (!details) return { Id: cve, VulnerablePackages: [{ Name: name, Version: version }] }
  const { score, vector, epss, exploit, fixed, command } = details
  return {
    Id: cve,
    VulnerablePackages: [{ Name: name, Version: version, FixedInVersion: fixed, Remediation: command }],
    Cvss: [{ Version: '3.1', BaseScore: score, BaseVector: vector, Source: 'NVD' }],
    EpssScore: epss,
    ExploitAvailable: exploit ? 'YES' : 'NO',
    FixAvailable: 'YES',
    ReferenceUrls: [`https://nvd.nist.gov/vuln/detail/${cve}`],
    Vendor: { Name: 'NVD', Url: `https://nvd.nist.gov/vuln/detail/${cve}` },
  }
}

function threatPart({ account, resource }: Watch, [type, severity, , title]: Threat) {
  const detector = `arn:aws:guardduty:${resource.region}:${account.id}:detector/${hex(32, 'detector', account.id)}`
  const label = severity >= 7 ? 'HIGH' : severity >= 4 ? 'MEDIUM' : 'LOW'
  return {
    Id: `${detector}/finding/${hex(32, account.id, type)}`,
    ProductArn: product(resource.region, 'guardduty'),
    ProductName: 'GuardDuty',
    GeneratorId: detector,
    Types: [type],
    Severity: { Product: severity, Label: label, Normalized: severity * 10 },
    Title: title,
    Description: `${title}: ${resource.name} in account ${account.id}.`,
    Remediation: {
      Recommendation: {
        Text: 'See the GuardDuty remediation guide.',
        Url: 'https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_remediate.html',
      },
    },
  }
}

const SEVERITY_IDS = { Critical: 5, High: 4, Medium: 3, Low: 2 }

function ocsfRecord(watch: Watch, { day, at }: ReportTime): Record<string, unknown> | null {
  const result = resultOn(watch, day)
  const { account, resource, about } = watch
  if (result === null || about.tool !== 'prowler') return null
  const [id, , severity, title, fix]: ProwlerCheck = about.check
  const detail = `${resource.name}: ${title}${result === 'failed' ? ' - not the case' : ''}.`
  const details = checkDetails[id]
  const snippets = [details?.cli, details?.terraform].filter(text => text !== undefined)
  return {
    message: detail,
    metadata: {
      event_code: id,
      product: { name: 'Prowler', uid: 'prowler', vendor_name: 'Prowler', version: '5.4.0' },
      version: '1.4.0',
    },
    severity_id: SEVERITY_IDS[severity],
    severity,
    status: 'New',
    status_code: result === 'failed' ? 'FAIL' : 'PASS',
    status_detail: detail,
    status_id: 1,
    risk_details: details?.risk ?? '',
    unmapped: { related_url: '', categories: details?.categories ?? [], compliance: details?.compliance ?? {} },
    activity_name: 'Create',
    activity_id: 1,
    finding_info: {
      created_time: Math.floor(at.getTime() / 1000),
      created_time_dt: at.toISOString().slice(0, -1),
      desc: title,
      title,
      types: [],
      uid: `prowler-aws-${id}-${account.id}-${resource.region}-${resource.name}`,
    },
    resources: [
      {
        cloud_partition: 'aws',
        region: resource.region,
        labels: [],
        name: resource.name,
        type: resource.type,
        uid: resource.id,
      },
    ],
    category_name: 'Findings',
    category_uid: 2,
    class_name: 'Detection Finding',
    class_uid: 2004,
    cloud: {
      account: { name: account.name, type: 'AWS Account', type_id: 10, uid: account.id },
      provider: 'aws',
      region: resource.region,
    },
    remediation: { desc: fix, references: [...snippets, `https://hub.prowler.com/check/${id}`] },
    time: Math.floor(at.getTime() / 1000),
    time_dt: at.toISOString().slice(0, -1),
    type_uid: 200401,
  }
}

/** A page that a person exported and edited: some of its records are refused, each for another reason. */
export function brokenReport(time: ReportTime, watches: readonly Watch[]): string {
  const good = watches
    .filter(watch => watch.account.id === accounts[0]?.id && watch.about.tool === 'security-hub')
    .map(watch => asffRecord(watch, time))
    .filter(record => record !== null)
    .slice(0, 12)
  const broken = [
    { ...good[0], Id: 'by-hand-1', AwsAccountId: '12345' },
    { ...good[1], Id: 'by-hand-2', Severity: { Label: 'URGENT' } },
    { ...good[2], Id: 'by-hand-3', UpdatedAt: '2026-02-30T00:00:00Z' },
  ]
  return JSON.stringify({ Findings: [...good, ...broken] })
}
