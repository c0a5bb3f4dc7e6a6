import type { Role } from '../../lib/domain/people/role'
import type { CreateTeam, Environment, TeamId } from '../../lib/domain/people/team'
import type { Locale } from '../../lib/locale'

/** The password of all sign-ins. The data are made up and in a folder of their own. */
export const demoPassword = 'hinomi-demo-sign-in'

export interface DemoMember {
  email: string
  name: string
  role: Role
  teams: TeamId[]
  locale: Locale
  /** Null: every account. */
  accounts: string[] | null
  /** Printed at the start. */
  shown: boolean
}

export const administrator: DemoMember = {
  email: 'admin@demo.example',
  name: '山本 彩',
  role: 'admin',
  teams: ['sre', 'csirt', 'cit', 'platform'],
  locale: 'ja',
  accounts: null,
  shown: true,
}

/** Added to the default teams, to show a company with two infrastructure teams. */
export const platform: CreateTeam = {
  id: 'platform',
  kind: 'infrastructure',
  nameEn: 'Platform',
  nameJa: 'プラットフォーム',
}

/** Invited by the administrator, in this order: leads of teams first. */
export const invited: readonly DemoMember[] = [
  { ...lead('sre', '佐藤 美咲') },
  { ...lead('csirt', '高橋 健') },
  { ...lead('cit', '鈴木 葵') },
  { ...lead('platform', '加藤 翔') },
  { ...member('emma@demo.example', 'Emma Clark', 'sre'), locale: 'en', shown: true },
  member('ito@demo.example', '伊藤 大輔', 'sre'),
  member('yoshida@demo.example', '吉田 蓮', 'platform'),
  member('nakamura@demo.example', '中村 陽菜', 'csirt'),
  { ...member('kobayashi@demo.example', '小林 拓海', 'cit'), accounts: ['555566667777', '999900001111'] },
  { ...member('auditor@demo.example', '松本 由美', 'csirt'), role: 'auditor' },
  { ...member('viewer@demo.example', '渡辺 誠', 'cit'), role: 'viewer', shown: true },
]

function member(email: string, name: string, team: TeamId): DemoMember {
  return { email, name, role: 'member', teams: [team], locale: 'ja', accounts: null, shown: false }
}

function lead(team: TeamId, name: string): DemoMember {
  return { ...member(`${team}@demo.example`, name, team), role: 'lead', shown: true }
}

export interface DemoAccount {
  id: string
  /** Empty if it was found in a report and never named. */
  name: string
  environment: Environment | null
  ownerTeam: TeamId
  tags: Record<string, string>
  /** The prefix of its resources' names. */
  prefix: string
  /** How many resources it has; 1 is a large account. */
  size: number
  /** Share of controls that a resource failed at the start. */
  weak: number
  /** Share of these controls that are fixed completely. */
  pace: number
  /** Whether the week of the migration affected it. */
  migrated: boolean
  /** Whether Prowler scans it. */
  prowler: 'yes' | 'no' | 'fell silent'
  /** When it first appears in reports; 0 is the first day, 1 the last. */
  from: number
}

const usual = { migrated: false, prowler: 'no', from: 0 } as const

export const accounts: readonly DemoAccount[] = [
  {
    ...usual,
    id: '012345678901',
    name: '本番・決済 (payment-prod)',
    environment: 'production',
    ownerTeam: 'sre',
    tags: { service: 'payment', costCenter: 'CC-110', pci: 'true' },
    prefix: 'payment',
    size: 1.2,
    weak: 0.52,
    pace: 0.55,
    migrated: true,
    prowler: 'yes',
  },
  {
    ...usual,
    id: '111122223333',
    name: '本番・会員 (member-prod)',
    environment: 'production',
    ownerTeam: 'sre',
    tags: { service: 'member', costCenter: 'CC-120' },
    prefix: 'member',
    size: 1.2,
    weak: 0.6,
    pace: 0.45,
    migrated: true,
    prowler: 'yes',
  },
  {
    ...usual,
    id: '222233334444',
    name: 'ステージング (staging)',
    environment: 'staging',
    ownerTeam: 'platform',
    tags: { costCenter: 'CC-130' },
    prefix: 'stg',
    size: 0.9,
    weak: 0.66,
    pace: 0.4,
    migrated: true,
    prowler: 'fell silent',
  },
  {
    ...usual,
    id: '333344445555',
    name: '開発 (development)',
    environment: 'development',
    ownerTeam: 'platform',
    tags: { costCenter: 'CC-130' },
    prefix: 'dev',
    size: 1,
    weak: 0.75,
    pace: 0.3,
    prowler: 'yes',
  },
  {
    ...usual,
    id: '555566667777',
    name: 'サンドボックス (sandbox)',
    environment: 'sandbox',
    ownerTeam: 'cit',
    tags: { costCenter: 'CC-900', expires: 'quarterly' },
    prefix: 'play',
    size: 0.6,
    weak: 0.85,
    pace: 0.2,
  },
  {
    ...usual,
    id: '444455556666',
    name: 'ログ集約 (log-archive)',
    environment: 'shared',
    ownerTeam: 'csirt',
    tags: { service: 'logging', costCenter: 'CC-200' },
    prefix: 'log',
    size: 0.4,
    weak: 0.4,
    pace: 0.75,
  },
  {
    ...usual,
    id: '666677778888',
    name: 'ネットワーク共有 (network)',
    environment: 'shared',
    ownerTeam: 'platform',
    tags: { service: 'network', costCenter: 'CC-200' },
    prefix: 'net',
    size: 0.5,
    weak: 0.5,
    pace: 0.5,
  },
  {
    ...usual,
    id: '777788889999',
    name: '監査 (audit)',
    environment: 'shared',
    ownerTeam: 'csirt',
    tags: { service: 'security', costCenter: 'CC-200' },
    prefix: 'audit',
    size: 0.3,
    weak: 0.25,
    pace: 0.9,
  },
  {
    ...usual,
    id: '888899990000',
    name: '本番・データ分析 (analytics-prod)',
    environment: 'production',
    ownerTeam: 'sre',
    tags: { service: 'analytics', costCenter: 'CC-140' },
    prefix: 'analytics',
    size: 0.9,
    weak: 0.6,
    pace: 0.5,
    prowler: 'yes',
  },
  {
    ...usual,
    id: '999900001111',
    name: '社内ポータル (corp-portal)',
    environment: 'production',
    ownerTeam: 'cit',
    tags: { service: 'portal', costCenter: 'CC-310' },
    prefix: 'portal',
    size: 0.7,
    weak: 0.62,
    pace: 0.4,
    prowler: 'yes',
  },
  {
    ...usual,
    id: '098765432109',
    name: '',
    environment: null,
    ownerTeam: 'sre',
    tags: {},
    prefix: 'poc',
    size: 0.35,
    weak: 0.75,
    pace: 0.1,
    from: 0.8,
  },
]
