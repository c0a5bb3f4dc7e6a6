import { transaction } from '../db'
import { closeEarlier, goneSince } from '../store/earlier'
import { saveClosed } from '../store/import-runs'
import { markGone, markSeen, presentSightings, sightingsSeenBy } from '../store/sightings'
import { isLate, labelOf, type RunContext, type Scope } from './context'
import type { ClosingScope, Heard } from './heard'
import { holdingAccounts } from './held'
import { keyOf, type SeenSet } from './seen'
import { settleFindings, toldNothing } from './settle-findings'

const PAGE = 5000
const CHUNK = 1000

/** What the document speaks of, see Heard. */
type Seen = Pick<Heard, 'sightings' | 'findings' | 'unclear'>

/**
 * Closes what a complete report no longer contains, for one account and feed. An older report closes nothing: neither one
 * observed before the last complete one ("late"; it may tell that something was gone sooner) nor, where nobody said when it was made,
 * one whose records are all older than what it would close. Can be run again after a crash. Returns why nothing was closed, or null.
 */
export async function closeAbsent(
  run: RunContext & { observedAtGiven: boolean },
  scope: ClosingScope,
  seen: Seen,
): Promise<'late' | 'older' | null> {
  // Nothing but summaries of controls, which are complete for none of them.
  if (scope.controls?.size === 0) return null
  const { late, current } = byTime(run, scope)
  if (late) await dateBack(run, late, seen)
  if (!current) return 'late'
  const { absent, newest } = await absentFrom(run, current, seen.sightings)
  if (!run.observedAtGiven && newest && scope.newest && newest > scope.newest) return 'older'
  for (let from = 0; from < absent.length; from += CHUNK) {
    await holdingAccounts(run, [scope.accountId], async client => {
      const findings = await markGone(run.access, client, scope.accountId, absent.slice(from, from + CHUNK))
      const keys = findings.map(id => ({ accountId: scope.accountId, id }))
      const { moved } = await settleFindings(run, client, keys, toldNothing)
      await saveClosed(run.access, client, run.importId, moved.resolved)
    })
  }
  return null
}

/** What of a scope has a newer complete report, and what has none. */
function byTime(run: RunContext, scope: ClosingScope): { late: ClosingScope | null; current: ClosingScope | null } {
  if (!scope.controls) {
    const late = isLate(run, { ...scope, control: '' })
    return { late: late ? scope : null, current: late ? null : scope }
  }
  const [late, current] = [new Set<string>(), new Set<string>()]
  for (const control of scope.controls) (isLate(run, { ...scope, control }) ? late : current).add(control)
  const of = (controls: ReadonlySet<string>) => (controls.size > 0 ? { ...scope, controls } : null)
  return { late: of(late), current: of(current) }
}

/** Dates back what is over and a late complete report does not call a problem either: it was gone by then. */
async function dateBack(run: RunContext, scope: ClosingScope, { findings, unclear }: Seen): Promise<void> {
  await holdingAccounts(run, [scope.accountId], async client => {
    const { importId, observedAt } = run
    const gone = await goneSince(run.access, client, observedAt, {
      ...scope,
      controls: scope.controls && [...scope.controls],
    })
    const untold = gone.filter(({ accountId, id }) => {
      const key = keyOf(accountId, id)
      return !findings.has(...key) && !unclear.has(...key)
    })
    await closeEarlier(run.access, client, { importId, observedAt, label: labelOf(run) }, untold)
  })
}

async function absentFrom(
  run: RunContext,
  scope: ClosingScope,
  seen: SeenSet,
): Promise<{ absent: string[]; newest: Date | null }> {
  const absent: string[] = []
  let newest: Date | null = null
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await transaction(client => presentSightings(run.access, client, scope, after, PAGE))
    const missing = page.filter(id => !seen.has(...keyOf(scope.accountId, id.replaceAll('-', ''))))
    after = page.at(-1) ?? after
    for (const row of missing.length === 0 ? [] : await seenBefore(run, scope, missing)) {
      absent.push(row.id)
      if (row.recordUpdatedAt && (!newest || row.recordUpdatedAt > newest)) newest = row.recordUpdatedAt
    }
    if (page.length < PAGE) return { absent, newest }
  }
}

function seenBefore(run: RunContext, { accountId, controls }: ClosingScope, ids: readonly string[]) {
  const asked = { observedAt: run.observedAt, controls: controls && [...controls] }
  return transaction(client => sightingsSeenBy(run.access, client, accountId, ids, asked))
}

/** Notes of what a report holds of a feed that it was still so, where the feed itself does not remember the report as complete. */
export async function confirmSeen(run: RunContext, scope: Scope, seen: SeenSet): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await transaction(client => presentSightings(run.access, client, scope, after, PAGE))
    const ids = page.filter(id => seen.has(...keyOf(scope.accountId, id.replaceAll('-', ''))))
    await holdingAccounts(run, [scope.accountId], client =>
      markSeen(run.access, client, scope.accountId, ids, run.observedAt),
    )
    after = page.at(-1) ?? after
    if (page.length < PAGE) return
  }
}
