import { jobAccess } from '../../lib/access/job'
import { pool } from '../../lib/db'
import { runImport } from '../../lib/ingest/run/run'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { accounts } from './organisation'

const DAY = 86_400_000
const GITHUB = 'token.actions.githubusercontent.com'

/** A user of a pipeline or a person, with the share of the history after which its key is replaced. */
interface DemoUser {
  name: string
  service: string | null
  ageDays: number
  replaced?: number
  deleted?: boolean
  tags?: Record<string, string>
  person?: boolean
  admin?: boolean
  usedDaysAgo?: number
}

const robots: readonly DemoUser[] = [
  { name: 'github-deploy', service: 'ecr', ageDays: 812, replaced: 0.35, tags: { owner: 'web-team' } },
  { name: 'circleci', service: 's3', ageDays: 1460, replaced: 0.6, deleted: true },
  { name: 'terraform-apply', service: 'iam', ageDays: 640, admin: true, tags: { Owner: 'platform' } },
  { name: 'gitlab-release', service: 'cloudformation', ageDays: 415, replaced: 0.8 },
  { name: 'batch-export', service: 's3', ageDays: 230, usedDaysAgo: 3 },
  { name: 'yamada.taro', service: 'ec2', ageDays: 95, person: true },
]

/** The users with keys in each account: the first ones of the list, shifted. */
function usersOf(place: number): DemoUser[] {
  return Array.from({ length: 3 + (place % 3) }, (_, n) => {
    const user = robots[(n + place) % robots.length] ?? robots[0]
    return { ...(user as DemoUser), ageDays: (user as DemoUser).ageDays + 37 * place }
  })
}

interface IamDay {
  day: number
  days: number
  at: Date
}

/** The report that the collector of IAM would have written on a day, with all named accounts. */
export function iamReport({ day, days, at }: IamDay): string {
  const named = accounts.filter(({ name }) => name !== '')
  const lines = named.flatMap(({ id, prefix }, place) => [
    ...usersOf(place).map(user => userLine(id, prefix, user, { day, days, at })),
    ...trustLines(id, prefix, place, at),
    ...accountLines(id, place, at),
  ])
  const [first] = named
  const header = { collection: 1, account: first?.id, collector: 'iam', startedAt: at.toISOString(), whole: true }
  const cell = { coverage: 1, region: 'global', collector: 'iam', state: 'ok', complete: true }
  const cells = named.map(({ id }) => ({
    ...cell,
    account: id,
    records: lines.filter(each => each.account === id).length,
  }))
  return [header, ...lines, ...cells].map(each => `${JSON.stringify(each)}\n`).join('')
}

function line(account: string, at: Date, type: string, path: string, data: object) {
  const [name] = path.split('/').slice(-1)
  const arn = `arn:aws:iam::${account}:${path}`
  return { inventory: 1, account, region: 'global', type, arn, name, data, observedAt: at.toISOString() }
}

function userLine(account: string, prefix: string, user: DemoUser, { day, days, at }: IamDay) {
  const lastDay = user.replaced === undefined ? days : Math.floor(user.replaced * (days - 1))
  const ended = day >= lastDay
  const idle = (user.usedDaysAgo ?? 0) + (ended ? day - lastDay + 1 : 0)
  const used = new Date(at.getTime() - idle * DAY)
  const lastUsed = user.service ? { at: used.toISOString(), service: user.service, region: 'ap-northeast-1' } : null
  const created = Date.parse('2026-11-20T00:00:00Z') - user.ageDays * DAY
  const key = {
    id: `AKIADEMO${`${account.slice(-4)}${user.name}`
      .replace(/[^a-z0-9]/g, '')
      .toUpperCase()
      .slice(0, 12)
      .padEnd(12, '7')}`,
    active: !ended,
    createdAt: new Date(created).toISOString(),
    lastUsed,
  }
  const policy = user.admin ? 'AdministratorAccess' : user.person ? 'ReadOnlyAccess' : 'AmazonECS_FullAccess'
  const name = user.person ? user.name : `${prefix}-${user.name}`
  return line(account, at, 'AWS::IAM::User', `user/${name}`, {
    path: '/',
    groups: [],
    attachedPolicies: [`arn:aws:iam::aws:policy/${policy}`],
    inlinePolicies: [],
    tags: Object.entries(user.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    accessKeys: ended && user.deleted ? [] : [key],
    credentials: { password_enabled: String(user.person === true), mfa_active: String(user.person === true) },
  })
}

/** Identity providers, and roles that pipelines and other accounts assume: some of them too wide. */
function trustLines(account: string, prefix: string, place: number, at: Date) {
  const provider = (host: string) => `arn:aws:iam::${account}:oidc-provider/${host}`
  const subjects = [
    `repo:demo-shop/${prefix}:ref:refs/heads/main`,
    'repo:demo-shop/*',
    `repo:demo-shop@7001/${prefix}@9${place}:environment:prod`,
  ]
  const sub = subjects[place % subjects.length]
  const role = (name: string, statement: object, policy: string) =>
    line(account, at, 'AWS::IAM::Role', `role/${prefix}-${name}`, {
      trustPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] },
      createdAt: '2026-06-01T00:00:00Z',
      lastUsed: { at: at.toISOString(), region: 'ap-northeast-1' },
      attachedPolicies: [`arn:aws:iam::aws:policy/${policy}`],
      inlinePolicies: [],
    })
  const web = {
    Principal: { Federated: provider(GITHUB) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${GITHUB}:sub`]: sub } },
  }
  const vendor = { Principal: { AWS: 'arn:aws:iam::135792468013:root' }, Action: 'sts:AssumeRole' }
  return [
    ...(place % 4 === 3
      ? []
      : [
          line(account, at, 'AWS::IAM::OIDCProvider', `oidc-provider/${GITHUB}`, { audiences: ['sts.amazonaws.com'] }),
          role('github', web, 'AmazonECS_FullAccess'),
        ]),
    ...(place % 3 === 1 ? [role('monitoring', vendor, 'ReadOnlyAccess')] : []),
  ]
}

/** Settings of IAM for the account, and its root user. */
function accountLines(account: string, place: number, at: Date) {
  const strong = place % 2 === 0
  const summary = { AccountMFAEnabled: place === 1 ? 0 : 1, AccountAccessKeysPresent: 0, AccountPasswordPresent: 1 }
  const passwordPolicy = strong ? { MinimumPasswordLength: 14, PasswordReusePrevention: 24 } : null
  const used = { password_last_used: place === 2 ? at.toISOString() : 'no_information' }
  return [
    line(account, at, 'AWS::IAM::AccountSettings', 'root', { summary, passwordPolicy, aliases: [] }),
    line(account, at, 'AWS::IAM::RootUser', 'root', { virtualMfa: !strong, credentials: used }),
  ]
}

/** Runs the checks that are due, and imports what they report, as the worker does. */
export async function runDemoChecks(): Promise<void> {
  while (await runNextChecks());
  const { rows } = await pool().query<{ id: number }>(`SELECT id FROM import WHERE state = 'queued' ORDER BY id`)
  for (const { id } of rows) await runImport(jobAccess('import'), id)
}
