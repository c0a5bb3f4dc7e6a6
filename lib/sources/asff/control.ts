import type { FindingClass } from '../../domain/imports/outcome'
import { reachabilityControl } from '../inspector/reachability'
import { firstText } from '../values/text'
import type { AsffFinding } from './schema'

/** `security-control/S3.2`: findings of an account with consolidated controls. */
const CONSOLIDATED = /^security-control\/(.+)$/
/**
 * `aws-foundational-security-best-practices/v/1.0.0/S3.2`, and
 * `arn:aws:securityhub:::ruleset/cis-.../v/1.2.0/rule/1.4`.
 */
const OF_STANDARD =
  /^(?:arn:[^:]*:securityhub:[^:]*:[^:]*:(?:ruleset|standards)\/)?([a-z0-9-]+)\/v\/([\d.]+)\/(?:rule\/)?([^/]+)$/

/** The check of a record. `perCheck`: its tool names each check, so that the name separates problems. */
export interface NamedCheck {
  control: string
  perCheck: boolean
  /** The class of the finding, if the check decides it. */
  class?: FindingClass
  /** The check in earlier versions. */
  former?: string
}

/**
 * The check of a finding, independent of standard and channel: Security Hub's control id, a CIS rule with its version
 * ("CIS 1.2.0/1.4"), Prowler's check, an AWS Config rule, the type of Macie and of IAM Access Analyzer, the port of
 * Inspector; else the generator's id, which may cover several checks. Empty if there is none.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/controls-findings-create-update.html
 */
export function checkOf(
  finding: AsffFinding,
  fields: Record<string, unknown>,
  types: readonly string[],
  product: string,
): NamedCheck {
  const analyzer = accessAnalyzerControl(finding, types)
  if (analyzer) return { control: analyzer, perCheck: true, class: 'posture' }
  const generic = genericCheckOf(finding, fields)
  const ofService = macieType(types, product) || reachability(finding, product)
  return ofService ? { control: ofService, perCheck: true, class: 'posture', former: generic.control } : generic
}

function genericCheckOf(finding: AsffFinding, fields: Record<string, unknown>): NamedCheck {
  const generator = finding.GeneratorId ?? ''
  const named =
    firstText(finding.Compliance?.SecurityControlId) ||
    controlOfGenerator(generator) ||
    firstText(fields.ControlId, fields['aws/config/ConfigRuleName'])
  if (named) return { control: named, perCheck: true }
  return { control: checkOfResource(generator, finding) || generator.trim(), perCheck: false }
}

/** Macie's own type: Security Hub writes `Policy:IAMUser-S3BucketPublic` for `Policy:IAMUser/S3BucketPublic`. */
function macieType(types: readonly string[], product: string): string {
  if (product !== 'Macie') return ''
  const named = types[0]?.split('/').at(-1) ?? ''
  return /^(Policy|SensitiveData):/.test(named) ? named.replace('-', '/') : ''
}

/** https://docs.aws.amazon.com/inspector/latest/user/findings-types.html#findings-types-network */
const REACHABLE = /^Port(?: range)? (\d+(?:\s*-\s*\d+)?) is reachable from .* - (\w+)$/i

/** A reachable port of Inspector, under the name of its native finding. */
function reachability({ Title, Vulnerabilities }: AsffFinding, product: string): string {
  const [, port, protocol] = (product === 'Inspector' && !Vulnerabilities?.length && REACHABLE.exec(Title ?? '')) || []
  return port && protocol ? reachabilityControl(protocol, port.replace(/\s/g, '')) : ''
}

/**
 * The check in a generator's id that also names the resource, as ElectricEye writes it; empty for others. The whole id
 * would be the same for every check of one resource, and two problems would become one.
 */
function checkOfResource(generator: string, { Id, Resources }: AsffFinding): string {
  const resource = Resources[0]?.Id ?? ''
  if (resource === '' || !generator.startsWith(resource)) return ''
  const named = generator === resource ? (Id ?? '') : generator
  return named.startsWith(`${resource}/`) ? named.slice(resource.length + 1) : ''
}

const ACCESS_ANALYZER = /:product\/aws\/access-analyzer$/

/**
 * The control of a finding that IAM Access Analyzer sent to Security Hub, as in its native record; empty for other
 * products. https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-securityhub-integration.html
 */
function accessAnalyzerControl({ ProductArn }: AsffFinding, types: readonly string[]): string {
  if (!ACCESS_ANALYZER.test(ProductArn ?? '')) return ''
  const named = types[0]?.split('/').at(-1)?.replaceAll(' ', '') ?? ''
  return `access-analyzer/${/^Unused|^Internal/.test(named) ? named.replace(/Granted$/, '') : 'ExternalAccess'}`
}

/** Whether Security Hub itself checks this control. */
export function isSecurityHubControl(finding: AsffFinding): boolean {
  const generator = finding.GeneratorId ?? ''
  return Boolean(finding.Compliance?.SecurityControlId) || CONSOLIDATED.test(generator) || OF_STANDARD.test(generator)
}

function controlOfGenerator(generator: string): string {
  if (generator.startsWith('prowler-')) return generator.slice('prowler-'.length)
  const consolidated = CONSOLIDATED.exec(generator)?.[1]
  if (consolidated) return consolidated
  const [, standard = '', version = '', rule = ''] = OF_STANDARD.exec(generator) ?? []
  // CIS renumbers its rules in each version; "1.4" alone would be ambiguous.
  return standard.startsWith('cis-') && /^\d/.test(rule) ? `CIS ${version}/${rule}` : rule
}
