import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { type Category, categories } from '../controls/categories'
import { Severity } from '../findings/severity'
import { sourceIds } from '../imports/outcome'
import { Environment, TeamId, type TeamKind } from '../people/team'
import { filledText, plainText } from '../text/plain-text'

/**
 * The responsible kind of team for each category if no rule of the organization matches. Other categories go to the
 * account's owner team.
 */
export const defaultKinds: Partial<Record<Category, TeamKind>> = {
  threat: 'security_response',
  waf: 'security_response',
  root: 'infrastructure',
  people: 'corporate_it',
  privilege: 'security_response',
  roles: 'infrastructure',
  secrets: 'infrastructure',
  cicd: 'infrastructure',
  saas: 'corporate_it',
  watch: 'security_response',
  vulnerability: 'infrastructure',
  domain: 'corporate_it',
  contact: 'corporate_it',
  governance: 'infrastructure',
}

/** One rule of the organization. Lists are any-of, fields all-of; the first matching rule counts. */
export const RoutingRule = z.strictObject({
  name: filledText(100),
  categories: z.array(z.enum(categories)).default([]),
  /** A control's id, in which `*` is any text. */
  control: filledText(300).nullable().default(null),
  sources: z.array(z.enum(sourceIds)).default([]),
  accounts: z.array(AccountId).max(1000).default([]),
  environments: z.array(Environment).default([]),
  /** A tag of the account; any value if none is given. */
  tag: z
    .strictObject({ key: filledText(128), value: plainText(256).nullable() })
    .nullable()
    .default(null),
  severityAtLeast: Severity.nullable().default(null),
  team: TeamId,
  owner: z.uuid().nullable().default(null),
})
export type RoutingRule = z.infer<typeof RoutingRule>
export const RoutingRules = z.array(RoutingRule).max(200)
export type RoutingRules = z.infer<typeof RoutingRules>

/** With the version that the editor saw, so that two editors do not undo each other. */
export const SaveRouting = z.strictObject({ rules: RoutingRules, seen: z.string().nullable() })
export type SaveRouting = z.infer<typeof SaveRouting>
