import { firstText } from '../text'
import type { AsffFinding } from './schema'

/** `security-control/S3.2`: findings of an account with consolidated controls. */
const CONSOLIDATED = /^security-control\/(.+)$/
/** `aws-foundational-security-best-practices/v/1.0.0/S3.2`, and `arn:aws:securityhub:::ruleset/cis-.../v/1.2.0/rule/1.4`. */
const OF_STANDARD =
  /^(?:arn:[^:]*:securityhub:[^:]*:[^:]*:(?:ruleset|standards)\/)?([a-z0-9-]+)\/v\/([\d.]+)\/(?:rule\/)?([^/]+)$/

/**
 * The control of a posture finding, the same whichever standard reports it: Security Hub's control id, a CIS rule with
 * its version ("CIS 1.2.0/1.4"), Prowler's check name, else the generator's id. Empty where there is none.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/controls-findings-create-update.html
 */
export function controlOf(finding: AsffFinding, fields: Record<string, unknown>): string {
  const generator = finding.GeneratorId ?? ''
  return (
    firstText(finding.Compliance?.SecurityControlId) ||
    controlOfGenerator(generator) ||
    firstText(fields.ControlId, fields['aws/config/ConfigRuleName']) ||
    checkOfResource(generator, finding) ||
    generator.trim()
  )
}

/**
 * The check in a generator's id that also names the resource, as ElectricEye writes it; empty for others. Left as it is, it
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
 * The control of a finding that IAM Access Analyzer sent to Security Hub, as its native record has it; empty for other products.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-securityhub-integration.html
 */
export function accessAnalyzerControl({ ProductArn }: AsffFinding, types: readonly string[]): string {
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
  // CIS numbers its rules anew in each version; "1.4" alone would mean several things.
  return standard.startsWith('cis-') && /^\d/.test(rule) ? `CIS ${version}/${rule}` : rule
}
