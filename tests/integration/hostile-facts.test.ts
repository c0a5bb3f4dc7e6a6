import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { explanationFor } from '../../lib/domain/controls/text/explanations'
import { FindingFilter, toFindingId } from '../../lib/domain/findings/filter'
import { csvLine } from '../../lib/domain/imports/csv-text'
import { visibleText } from '../../lib/domain/text/visible-text'
import { playbookFor } from '../../lib/domain/threats/playbook'
import { Differences } from '../../lib/queries/check/differences'
import { checkFindings } from '../../lib/queries/check/findings'
import { exportFindings } from '../../lib/queries/findings/export/export'
import { getFinding } from '../../lib/queries/findings/finding'
import { listFindings } from '../../lib/queries/findings/list'
import { relatedFindings } from '../../lib/queries/threats/related'
import { hostileRecords, hostileTexts, hostileValues } from '../support/hostile-records'
import { at, complete, job, newAccount, rejectsOf } from './support-ingest'

afterAll(closeDatabase)

/** Records nested more deeply than any tool writes are refused unread. */
const REFUSED = new Set(['too_deep', 'bad_field'])

test.each(Object.entries(hostileRecords))(
  'a report of %s with hostile facts is read, shown and exported',
  async (_name, of) => {
    const account = newAccount()
    const records = hostileValues.map((value, n) => of(value, account, n + 1))
    const run = await complete(records, at(2))
    expect(run.state).toBe('done')
    for (const code of Object.values(await rejectsOf(run.id))) expect(REFUSED).toContain(code)
    const stored = await prisma().finding.findMany({ where: { accountId: account } })
    expect(stored.length).toBeGreaterThan(records.length / 2)
    for (const { id } of stored) {
      const finding = await getFinding(job, toFindingId(account, id))
      await relatedFindings(job, finding)
      const guidance = [await playbookFor('en', finding), await explanationFor('ja', finding)]
      const commands = guidance.flatMap(each =>
        each === null ? [] : 'steps' in each ? each.steps.flatMap(step => step.commands) : each.commands,
      )
      for (const { text } of commands) expect(text).toBe(visibleText(text))
      expect(commands.filter(({ text }) => text.includes('rm -rf'))).toEqual([])
    }
    for await (const rows of exportFindings(job, FindingFilter.parse({ account: [account] })))
      for (const row of rows) expect(csvLine([row.title, row.resourceId, row.severities])).not.toMatch(/(^|,)"?[=+@]/)
    for (const text of hostileTexts) {
      const filter = FindingFilter.safeParse({ account: [account], text: text.slice(0, 100) })
      if (filter.success) await listFindings(job, filter.data, { cursor: null, limit: 5 })
    }
    const differences = new Differences()
    await checkFindings(differences)
    expect(differences.named).toEqual([])
  },
)
