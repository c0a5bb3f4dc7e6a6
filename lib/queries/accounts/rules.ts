import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import {
  type AccountRule,
  AccountRules,
  type AccountRulesView,
  applyRules,
  DecidedBy,
  overrulesRules,
  type RuleChoices,
  type RuledAccount,
  type RulesPreview,
  type RuleTrial,
  selects,
  type TryAccountRule,
  unitTree,
} from '../../domain/accounts/rules'
import type { Tags } from '../../domain/identity/tags'
import { activeTeamOf, Environment } from '../../domain/people/team'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { listTeams } from '../teams/teams'
import { accountInScope } from './rows'

const { sql } = Prisma

/** So many changed accounts are listed; the others are counted. */
const MAX_LISTED = 50
/** The same while a rule is edited. */
const MAX_TRIED = 10
/** So many tags are suggested, and so many values of each. */
const MAX_KEYS = 500
const MAX_VALUES = 200
const UNIT_TYPE = 'AWS::Organizations::OrganizationalUnit'

interface Stored {
  id: string
  name: string
  unit: string
  tags: Tags
  environment: string | null
  ownerTeam: string
  itScope: boolean
  decidedBy: unknown
}

const columns = sql`a.id, a.name, a.unit, a.tags, a.environment, a.owner_team AS "ownerTeam", a.it_scope AS "itScope",
  a.decided_by AS "decidedBy"`

function toRuled({ environment, decidedBy, ...account }: Stored): RuledAccount & { id: string; name: string } {
  return { ...account, environment: Environment.nullable().parse(environment), decidedBy: DecidedBy.parse(decidedBy) }
}

/** Every account as rules see it, for callers who may see all. */
export async function ruledAccounts(): Promise<ReturnType<typeof toRuled>[]> {
  const rows = await read<Stored>(sql`SELECT ${columns} FROM account a ORDER BY a.name, a.id`)
  return rows.map(toRuled)
}

/** The rules in order, with the teams that are active for them, and who changed them last. */
export async function getAccountRules(access: Access<'accounts:manage'>): Promise<AccountRulesView> {
  requireAllAccounts(access)
  const [teams, accounts, [row]] = await Promise.all([
    listTeams(access),
    ruledAccounts(),
    read<{ value: { policy: unknown; version: string; at: string; by: { name: string } } }>(
      sql`SELECT value FROM setting WHERE key = 'account-rules'`,
    ),
  ])
  if (!row) return { rules: [], version: null, changedBy: null, changedAt: null, selected: [] }
  const { policy, version, at, by } = row.value
  const rules = AccountRules.parse(policy).map(rule => {
    return { ...rule, ownerTeam: rule.ownerTeam && (activeTeamOf(teams, rule.ownerTeam) ?? rule.ownerTeam) }
  })
  const selected = rules.map(rule => accounts.filter(account => selects(rule, account)).length)
  return { rules, version, changedBy: by.name, changedAt: new Date(at), selected }
}

/** Which accounts rules would change, and where people decided otherwise. */
export async function previewAccountRules(
  access: Access<'accounts:manage'>,
  rules: readonly AccountRule[],
): Promise<RulesPreview> {
  requireAllAccounts(access)
  const [teams, accounts] = await Promise.all([listTeams(access), ruledAccounts()])
  const preview: RulesPreview = { changes: [], total: 0, kept: 0 }
  for (const account of accounts) {
    const { id, name, environment, ownerTeam, itScope } = account
    if (overrulesRules(account, rules, teams)) preview.kept++
    const { decidedBy: _by, ...after } = applyRules(account, rules, teams)
    const before = { environment, ownerTeam, itScope }
    if (JSON.stringify(before) === JSON.stringify(after)) continue
    preview.total++
    if (preview.changes.length < MAX_LISTED) preview.changes.push({ id, name, before, after })
  }
  return preview
}

/** The accounts that a rule selects while somebody edits it, and what would change for them under it and the other rules. */
export async function tryAccountRule(
  access: Access<'accounts:manage'>,
  { rules, at, draft }: TryAccountRule,
): Promise<RuleTrial> {
  requireAllAccounts(access)
  const [teams, accounts] = await Promise.all([listTeams(access), ruledAccounts()])
  const tried = [...rules.slice(0, at), draft, ...rules.slice(at + 1)]
  const found = accounts
    .filter(account => selects(draft, account))
    .map(account => {
      const { id, name, environment, ownerTeam, itScope } = account
      const { decidedBy: _by, ...after } = applyRules(account, tried, teams)
      const before = { environment, ownerTeam, itScope }
      return { id, name, before, after, changes: JSON.stringify(before) !== JSON.stringify(after) }
    })
  const [changing, others] = [found.filter(({ changes }) => changes), found.filter(({ changes }) => !changes)]
  return {
    total: found.length,
    changing: changing.length,
    accounts: [...changing, ...others].slice(0, MAX_TRIED).map(({ changes: _, ...account }) => account),
  }
}

/** The units that accounts are in or that an organization has, and the tags of accounts. */
export async function getRuleChoices(access: Access<'accounts:manage'>): Promise<RuleChoices> {
  requireAllAccounts(access)
  const [units, tags] = await Promise.all([
    read<{ unit: string }>(
      sql`SELECT DISTINCT unit FROM account WHERE unit <> ''
        UNION SELECT DISTINCT array_to_string(ARRAY(SELECT jsonb_array_elements_text(data -> 'path')), '/')
          FROM asset WHERE collector = 'organization' AND type = ${UNIT_TYPE} AND jsonb_typeof(data -> 'path') = 'array'`,
    ),
    read<{ key: string; values: string[] }>(
      sql`SELECT t.key, (array_agg(DISTINCT t.value ORDER BY t.value))[:${MAX_VALUES}] AS values
        FROM account a CROSS JOIN LATERAL jsonb_each_text(a.tags) AS t GROUP BY t.key ORDER BY t.key LIMIT ${MAX_KEYS}`,
    ),
  ])
  return {
    units: unitTree(units.map(({ unit }) => unit)),
    tags: Object.fromEntries(tags.map(({ key, values }) => [key, values])),
  }
}

/** What rules and people decided for an account, and where it is in its organization. Null outside the reader's accounts. */
export async function accountDecisions(
  access: Access<'findings:read'>,
  id: AccountId,
): Promise<Pick<RuledAccount, 'unit' | 'itScope' | 'decidedBy'> | null> {
  const [row] = await read<Stored>(
    sql`SELECT ${columns} FROM account a WHERE a.id = ${id} AND ${accountInScope(access)}`,
  )
  if (!row) return null
  const { unit, itScope, decidedBy } = toRuled(row)
  return { unit, itScope, decidedBy }
}
