import type { Access } from '../../lib/access/proof'
import type { Broken, ChainRow, Verification } from '../../lib/domain/chain/view'
import { cliTranslator, type ErrorTranslator, type Locale } from '../../lib/locale'
import { verifyChain } from '../../lib/queries/chain/verify'

const TABLES: Record<ChainRow['kind'], string> = {
  audit: 'audit_entry',
  event: 'finding_event',
  import: 'import',
  run: 'finding_event',
}

/**
 * Verifies the chain and prints the result. Returns 1 if the history was changed, or if `head` is not among the links,
 * else 0.
 */
export async function verifyHistory(
  access: Access<'audit:read'>,
  head: string | null,
  locale: Locale,
): Promise<number> {
  const t = await cliTranslator(locale)
  const told = await verifyChain(access, head)
  const problems = problemsIn(t, told, head)
  const lines = [...problems, ...countsOf(t, told)]
  process.stdout.write(`${lines.join('\n')}\n`)
  return problems.length > 0 ? 1 : 0
}

function problemsIn(t: ErrorTranslator, told: Verification, head: string | null): string[] {
  const problems: string[] = []
  if (told.broken) problems.push(brokenSentence(t, told.broken))
  else if (told.headFound === false) problems.push(t('verifyHeadMissing', { head: head ?? '' }) ?? '')
  const { count, first } = told.misdated
  if (first)
    problems.push(
      t('verifyMisdated', { count, row: rowName(t, first.row), at: first.at, entered: first.entered }) ?? '',
    )
  return problems
}

function brokenSentence(t: ErrorTranslator, broken: Broken): string {
  const row = 'row' in broken ? rowName(t, broken.row) : 'none'
  const sentence = t('verifyBroken', { problem: broken.problem, row, link: broken.link ?? 0, at: broken.at ?? 'none' })
  return sentence ?? broken.problem
}

/** Table, account, finding and id, as in the database. */
function rowName(t: ErrorTranslator, { kind, id, accountId, findingId }: ChainRow): string {
  const told = { kind, table: TABLES[kind], id, account: accountId ?? 'none', finding: findingId ?? 'none' }
  return t('verifyRow', told) ?? id
}

function countsOf(t: ErrorTranslator, told: Verification): string[] {
  const { links, decisions, runs, events, until, head, headFound, pending, broken } = told
  const lines: (string | null)[] = []
  if (links > 0) {
    const state = broken ? 'broken' : 'whole'
    lines.push(t('verifyCounts', { state, links, decisions, runs, events }))
    lines.push(t('verifyUntil', { until: until ?? '' }), t('verifyHead', { state, head: head ?? '' }))
  } else if (!broken) lines.push(t('verifyEmpty'))
  if (headFound) lines.push(t('verifyHeadFound'))
  lines.push(t('verifyPending', { pending }))
  return lines.filter(line => line !== null)
}
