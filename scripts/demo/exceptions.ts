import type { Access } from '../../lib/access/proof'
import { now } from '../../lib/clock'
import { prisma } from '../../lib/db'
import type { RequestRule } from '../../lib/domain/exceptions/exception'
import { type FindingId, toFindingId } from '../../lib/domain/findings/filter'
import { dayOf } from '../../lib/domain/policies/due'
import { env } from '../../lib/env'
import { keepExceptions } from '../../lib/jobs/exceptions'
import { decideException, endException } from '../../lib/store/exceptions/decide'
import { requestRule } from '../../lib/store/exceptions/request'
import { csvOf, type DemoFile, pdfOf, uploadDraft } from './evidence'

const DAY = 86_400_000

/** One exception by rule. Times are shares of the history, 0 its first day and 1 its last. */
interface DemoException {
  rule: Omit<RequestRule, 'until' | 'reviewOn' | 'evidence'>
  /** Days between the date of its review and the end of the history. */
  reviewed?: number
  evidence?: readonly DemoFile[]
  /** The number of days between the end of the history and its own end. */
  lasts: number
  by: string
  asked: number
  decided?: { at: number; by: string; approve: boolean; note: string }
  ended?: { at: number; by: string; note: string }
}

const exceptions: readonly DemoException[] = [
  {
    rule: {
      kind: 'accepted',
      match: { control: 'S3.9', environments: ['development', 'staging'] },
      condition: { severityAtMost: 'medium' },
      reason: '開発・検証環境のバケットには本番データを置かないため、アクセスログは取得しない方針です。',
      controls:
        '本番データの持ち込みは IAM ポリシーで禁止し、CloudTrail のデータイベントは全アカウントで取得しています。',
      ticket: 'SEC-1042',
    },
    reviewed: 2,
    evidence: [
      {
        name: 'バケット一覧.csv',
        bytes: csvOf([
          ['バケット', '環境', '本番データ'],
          ['dev-uploads', 'development', 'なし'],
          ['stg-uploads', 'staging', 'なし'],
        ]),
      },
    ],
    lasts: 150,
    by: 'ito@demo.example',
    asked: 0.3,
    decided: { at: 0.35, by: 'sre@demo.example', approve: true, note: '四半期ごとに方針を見直します。' },
  },
  {
    rule: {
      kind: 'accepted',
      match: { control: 'IAM.3', resource: '*mail-sender*' },
      reason: 'The mail relay cannot assume a role before its migration, which ends this quarter.',
      controls: 'The key may only send mail, only from the address of the relay, and GuardDuty watches its use.',
      ticket: 'https://tickets.demo.example/browse/SEC-1077',
    },
    evidence: [
      {
        name: 'mail-relay-migration.pdf',
        bytes: pdfOf([
          'Migration of the mail relay to an IAM role',
          'Owner: Platform team. Change request: SEC-1077.',
          'Until then the policy of the user mail-sender allows ses:SendRawEmail only,',
          'with the condition aws:SourceIp = 203.0.113.25/32.',
        ]),
      },
    ],
    lasts: 9,
    by: 'emma@demo.example',
    asked: 0.4,
    decided: {
      at: 0.45,
      by: 'csirt@demo.example',
      approve: true,
      note: 'The policy and the condition were checked in the console.',
    },
  },
  {
    rule: {
      kind: 'false_positive',
      match: { control: 'EC2.13', environments: ['shared'] },
      reason:
        '踏み台のセキュリティグループです。到達できるのは社内 VPN からだけで、経路はネットワーク側で制限しています。',
    },
    lasts: 80,
    by: 'nakamura@demo.example',
    asked: 0.5,
    decided: { at: 0.55, by: 'csirt@demo.example', approve: true, note: '経路表を確認しました。' },
  },
  {
    rule: {
      kind: 'accepted',
      match: { control: 'RDS.5', environments: ['sandbox'] },
      reason: '検証用のデータベースは毎週作り直すため、単一のアベイラビリティーゾーンで十分です。',
      controls: '毎週の再作成はパイプラインで自動化しています。',
    },
    lasts: 60,
    by: 'nakamura@demo.example',
    asked: 0.2,
    decided: { at: 0.25, by: 'cit@demo.example', approve: true, note: '' },
    ended: { at: 0.75, by: 'csirt@demo.example', note: '長期の検証に使われるようになったため終了します。' },
  },
  {
    rule: {
      kind: 'accepted',
      match: { control: 'Lambda.2', environments: ['production'] },
      reason: '次のリリースまでランタイムを更新できません。',
      controls: '関数は VPC 内に限定し、外部からは呼び出せません。',
      ticket: 'SEC-1103',
    },
    lasts: 30,
    by: 'ito@demo.example',
    asked: 0.6,
    decided: { at: 0.65, by: 'sre@demo.example', approve: false, note: '本番は対象外です。先に更新してください。' },
  },
  {
    rule: {
      kind: 'accepted',
      match: { control: 'S3.8', resource: '*access-logs*' },
      reason: 'Log buckets are read by the delivery service only; the account blocks public access already.',
      controls: 'Block Public Access of the account, and a service control policy that keeps it.',
      ticket: 'https://tickets.demo.example/browse/SEC-1120',
    },
    lasts: 90,
    by: 'emma@demo.example',
    asked: 1,
  },
]

interface Time {
  days: number
  end: Date
  accessOf: (email: string) => Access<'findings:read' | 'exceptions:request' | 'exceptions:approve'>
}

/** Requests, decisions and ends of exceptions on one day of the history, and their effect on findings. */
export async function excepted(day: number, { days, end, accessOf }: Time): Promise<void> {
  const isToday = (share: number) => Math.round(share * (days - 1)) === day
  const numbers = await prisma().exception.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
  const inOrder = [...exceptions].sort((a, b) => a.asked - b.asked)
  for (const [index, { rule, lasts, reviewed, evidence = [], by, asked, decided, ended }] of inOrder.entries()) {
    let id = numbers[index]?.id
    if (isToday(asked)) {
      const dayFrom = (instant: number) => dayOf(new Date(instant), env().HINOMI_TIME_ZONE)
      const until = dayFrom(end.getTime() + lasts * DAY)
      // In a short history it is not before the request.
      const review = reviewed === undefined ? null : Math.max(now().getTime(), end.getTime() - reviewed * DAY)
      const reviewOn = review === null ? null : dayFrom(review)
      const files: string[] = []
      for (const file of evidence) files.push(await uploadDraft(accessOf(by), file))
      id = (await requestRule(accessOf(by), { ...rule, until, reviewOn, evidence: files })).id
    }
    if (id === undefined) continue
    if (decided && isToday(decided.at))
      await decideException(accessOf(decided.by), { id, approve: decided.approve, note: decided.note })
    if (ended && isToday(ended.at)) await endException(accessOf(ended.by), { id, note: ended.note })
  }
  await keepExceptions()
}

/** Findings without an exception: nobody works on the others. */
export async function uncovered(ids: readonly FindingId[]): Promise<FindingId[]> {
  const rows = await prisma().finding.findMany({
    where: { exceptionId: { not: null } },
    select: { accountId: true, id: true },
  })
  const covered = new Set(rows.map(({ accountId, id }) => toFindingId(accountId, id)))
  return ids.filter(id => !covered.has(id))
}
