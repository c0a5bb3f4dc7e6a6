import { reopenNamed } from '../../store/accounts/close-account'
import { keepReferences, recordControls, recordFeeds } from '../../store/feeds/feeds'
import { finishRun, type ImportTask } from '../../store/imports/runs'
import { noteDays } from '../backdate/note-days'
import type { Closed } from '../close/close-report'
import type { ParsedReport } from '../read/report-parser'
import { runTransaction } from './account-transaction'
import type { RunContext } from './context'

/** The last step of a run: records the reports of feeds and their parts, and ends the import. */
export async function finishReport(
  run: RunContext,
  task: ImportTask,
  { contents, error, bytesRead }: ParsedReport,
  { feeds, parts, heldBack }: Closed,
): Promise<void> {
  const accounts = [...new Set(feeds.map(feed => feed.accountId))].sort()
  const { access, timeZone } = run
  const { observedAt, mayClose } = task
  const report = { importId: task.id, observedAt, mayClose }
  await runTransaction(run, async client => {
    await recordFeeds(access, client, report, feeds)
    await recordControls(access, client, observedAt, parts)
  })
  // After the feeds are recorded, and before the import ends, because an ended import is not resumed.
  await noteDays(access, accounts, observedAt, timeZone)
  await runTransaction(run, async client => {
    await keepReferences(access, client, feeds)
    await reopenNamed(access, client, report, accounts)
    await finishRun(access, client, task.id, {
      error,
      reported: contents.findings.size,
      accounts,
      sources: [...new Set(feeds.map(feed => feed.source))].sort(),
      heldBack,
      bytesRead,
    })
  })
}
