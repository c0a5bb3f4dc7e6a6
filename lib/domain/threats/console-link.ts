import type { SourceId } from '../imports/outcome'

interface Named {
  source: SourceId
  nativeId: string
}

/** The id of a GuardDuty finding at the end of its ARN, as Security Hub names it. */
const IN_ARN = /^arn:aws[\w-]*:guardduty:[\w-]+:\d{12}:detector\/\w+\/finding\/(\w+)$/

/** Consoles of the partitions: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function consoleOf(region: string): string {
  if (region.startsWith('cn-')) return 'https://console.amazonaws.cn'
  if (region.startsWith('us-gov-')) return 'https://console.amazonaws-us-gov.com'
  return 'https://console.aws.amazon.com'
}

/**
 * The page of a threat in the console of GuardDuty; null if no source names its finding there. The form of the address:
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
 */
export function consoleLink(region: string, sightings: readonly Named[]): string | null {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return null
  for (const { source, nativeId } of sightings) {
    const id = IN_ARN.exec(nativeId)?.[1] ?? (source === 'guardduty' && /^\w+$/.test(nativeId) ? nativeId : null)
    if (id !== null) return `${consoleOf(region)}/guardduty/home?region=${region}#/findings?search=id%3D${id}`
  }
  return null
}
