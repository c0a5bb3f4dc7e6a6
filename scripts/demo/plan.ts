import type { SettableStatus } from '../../lib/domain/findings/change'
import { type FindingId, toFindingId } from '../../lib/domain/findings/filter'
import { severityRank } from '../../lib/domain/findings/severity'
import { findingIdOf, problemOf } from '../../lib/domain/identity/identity'
import type { Outcome } from '../../lib/domain/imports/outcome'
import type { Team, TeamId } from '../../lib/domain/people/team'
import { routeTo } from '../../lib/domain/policies/route'
import type { Verdict } from '../../lib/domain/threats/verdict'
import { outcomesOf } from '../../lib/sources/registry'
import { type DemoMember, invited } from './organisation'
import { pick, type Random, random } from './random'
import { type ReportTime, recordOf } from './reports'
import { resultOn, type Watch } from './world'

/** An action of a person on a finding and day. `value` is an address, a status, a number of days or a text. */
export type Action = { day: number; by: string; id: FindingId } & (
  | { verb: 'assign'; owner: string }
  | { verb: 'status'; status: SettableStatus; reason?: string }
  | { verb: 'comment'; text: string }
  | { verb: 'due'; inDays: number }
  | { verb: 'team'; team: TeamId }
  | { verb: 'verdict'; verdict: Verdict }
)

/** An open period of a finding: from the first to the last day with a report of it. */
interface Problem {
  id: FindingId
  outcome: Outcome
  team: TeamId
  first: number
  last: number
  isFixed: boolean
  next: Random
}

/** The actions of people on findings, day by day; the same for the same watches. */
export function planWork(
  watches: readonly Watch[],
  teams: readonly Team[],
  time: Omit<ReportTime, 'day' | 'at'> & PlanTime,
): Action[] {
  return problemsOf(watches, teams, time).flatMap(problem => actionsOn(problem, time.days))
}

interface PlanTime {
  days: number
  reportedOn: (watch: Watch, day: number) => boolean
}

function problemsOf(
  watches: readonly Watch[],
  teams: readonly Team[],
  time: Omit<ReportTime, 'day' | 'at'> & PlanTime,
): Problem[] {
  const problems: Problem[] = []
  for (const watch of watches) {
    for (const [from, until] of watch.spans) {
      const reported: number[] = []
      for (let day = from; day < Math.min(until, time.days); day++) {
        if (time.reportedOn(watch, day) && resultOn(watch, day) === 'failed') reported.push(day)
      }
      const [first, last] = [reported[0], reported.at(-1)]
      if (first === undefined || last === undefined) continue
      const at = time.instantOf(first)
      const record = recordOf(watch, { day: first, at, instantOf: time.instantOf })
      const [outcome] = record ? outcomesOf(record, { now: at }) : []
      // Nobody works on what is suppressed at the source.
      if (!outcome || outcome.result === 'suppressed') continue
      const id = toFindingId(outcome.accountId, findingIdOf(outcome))
      const { team } = routeTo(
        {
          class: outcome.class,
          control: problemOf(outcome).control,
          accountId: outcome.accountId,
          environment: null,
          tags: {},
          sources: [outcome.source],
          severity: 1,
          ownerTeam: watch.account.name ? watch.account.ownerTeam : 'sre',
        },
        [],
        teams,
      )
      problems.push({ id, outcome, team, first, last, isFixed: until < time.days, next: random('work', id, first) })
    }
  }
  return problems
}

const VERDICTS: readonly Verdict[] = [
  {
    kind: 'true_positive',
    text: 'インスタンスを隔離し、ロールのセッションを無効化しました。新しいイメージで作り直しています。',
  },
  { kind: 'true_positive', text: 'Deactivated the access key and checked every call of the last 7 days.' },
  { kind: 'benign', text: '予定されていた侵入テストです。実施者に確認しました。' },
  { kind: 'false_positive', text: 'The address belongs to the VPN of our partner.' },
]

/** Share of open problems with an owner, by rank of severity. */
const TAKEN = [0, 0, 0.25, 0.45, 0.75, 0.9]

function actionsOn(problem: Problem, days: number): Action[] {
  const { id, outcome, team, first, last, isFixed, next } = problem
  const at = (day: number) => Math.min(Math.max(Math.round(day), first), last)
  const workers = invited.filter(person => mayWork(person, team, outcome.accountId))
  const lead = invited.find(person => person.role === 'lead' && person.teams.includes(team))
  if (workers.length === 0 || !lead) return []
  const roll = next()
  if (roll < 0.012 && team === 'sre') return handOver(id, at(first + 1), lead.email)
  if (roll < 0.02 && outcome.class !== 'threat') return closeTooEarly(id, at((first + last) / 2), lead.email)
  if (next() > (isFixed ? 0.8 : (TAKEN[severityRank(outcome.severity)] ?? 0))) return []
  const owner = pick(next, workers)
  const begun = at(isFixed ? first + (last - first) * next() * 0.7 : first + next() * days * 0.2)
  const actions: Action[] = [
    { day: begun, by: next() < 0.5 ? owner.email : lead.email, id, verb: 'assign', owner: owner.email },
  ]
  const status = next() < 0.55 ? 'in_progress' : next() < 0.6 ? 'acknowledged' : null
  if (status) actions.push({ day: at(begun + 1), by: owner.email, id, verb: 'status', status })
  if (next() < 0.1) {
    const text = pick(next, (isFixed ? FIXING : WAITING)[owner.locale])
    actions.push({ day: isFixed ? last : at(begun + 2), by: owner.email, id, verb: 'comment', text })
  }
  // Severe findings are not postponed so far without an exception.
  if (!isFixed && next() < 0.06 && severityRank(outcome.severity) <= 3)
    actions.push({ day: last, by: lead.email, id, verb: 'due', inDays: 7 })
  // On the day of its last event, so that no later report opens it again.
  if (isFixed && outcome.class === 'threat' && next() < 0.7)
    actions.push({ day: last, by: lead.email, id, verb: 'verdict', verdict: pick(next, VERDICTS) })
  return actions
}

function mayWork({ role, teams, accounts }: DemoMember, team: TeamId, accountId: string): boolean {
  const isAssignable = role === 'member' || role === 'lead'
  return isAssignable && teams.includes(team) && (accounts === null || accounts.includes(accountId))
}

function handOver(id: FindingId, day: number, by: string): Action[] {
  return [
    { day, by, id, verb: 'comment', text: '影響範囲の確認が必要です。CSIRT に引き継ぎます。' },
    { day, by, id, verb: 'team', team: 'csirt' },
  ]
}

/** A finding that a person resolved too early: the next report reopens it. */
function closeTooEarly(id: FindingId, day: number, by: string): Action[] {
  return [
    {
      day,
      by,
      id,
      verb: 'status',
      status: 'resolved',
      reason: 'コンソールで設定を直したので、解決済みにします。',
    },
  ]
}

const FIXING = {
  ja: [
    'Terraform の修正を適用しました。次のレポートで解決を確認します。',
    '設定を変更しました。アプリケーションの動作に影響がないことを確認済みです。',
    '検証環境で確認のうえ、本日の保守時間に反映しました。',
    '利用者に確認し、不要とのことなので削除しました。',
  ],
  en: [
    'Fixed in Terraform and applied. The next report should confirm it.',
    'Changed during the maintenance window; no effect on the application.',
    'No longer in use, so it was removed.',
  ],
}
const WAITING = {
  ja: [
    'アプリケーションチームに影響を確認中です。',
    '次の保守時間(来週火曜)に対応する予定です。',
    '修正の PR を出しました。レビュー待ちです。',
    '委託先のシステムが使っているため、移行の日程を調整しています。',
    '再現手順と設定箇所を確認しました。モジュール側の修正が必要です。',
  ],
  en: [
    'Waiting for the application team to confirm that nothing depends on it.',
    'Pull request is open, review pending.',
    'Planned for the maintenance window next week.',
  ],
}
