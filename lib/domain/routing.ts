import type { FindingClass } from './outcome'
import type { Team } from './team'

/** One ordered rule: the first whose class and pattern fit names the team. The pattern is tried on the control id. */
interface RoutingRule {
  class?: FindingClass
  control?: RegExp
  team: Team
}

/**
 * Who answers for what, before any rule of the organisation: attacks, WAF and privileges go to CSIRT, people's access to CIT,
 * the root user and infrastructure to SRE. What no rule names goes to the account's owner team.
 */
const RULES: readonly RoutingRule[] = [
  { class: 'threat', team: 'csirt' },
  {
    control: /^(ELB\.16|APIGateway\.4|CloudFront\.6|WAF\.\d+|AppSync\.6)$|(^|_)waf(v2|classic)?_|_waf(_|$)/i,
    team: 'csirt',
  },
  { control: /^IAM\.(4|6|9|20)$|^iam_(root|no_root)/, team: 'sre' },
  {
    control:
      /^IAM\.(3|5|7|8|1[0-9]|22|26|27)$|^iam_(user|password_policy|rotate_access_key|disable_\d+_days|administrator_access_with_mfa|check_saml)|^CIS [\d.]+\/1\.(2|3|4|5|6|7|8|9|10|11|14)$/,
    team: 'cit',
  },
  {
    control: /^IAM\.(1|21|24)$|^iam_(policy|aws_attached_policy|customer_attached|inline_policy|role_administrator)/,
    team: 'csirt',
  },
  { control: /^(GuardDuty|Macie|Inspector)\.\d+$|^(guardduty|macie|inspector2)_/, team: 'csirt' },
  { class: 'vulnerability', team: 'sre' },
]

/** The team that a new finding goes to. */
export function routeTo(finding: { class: FindingClass; control: string }, ownerTeam: Team): Team {
  const rule = RULES.find(
    candidate =>
      (!candidate.class || candidate.class === finding.class) &&
      (!candidate.control || candidate.control.test(finding.control)),
  )
  return rule?.team ?? ownerTeam
}
