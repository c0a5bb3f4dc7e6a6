import type { Permission } from '../../lib/access/permissions'
import type { Access } from '../../lib/access/proof'
import { checkTranslator, type Locale } from '../../lib/locale'
import { findDifferences } from '../../lib/queries/check/check'

/** Checks the database and prints one line for each difference. Returns 1 if there is one, else 0. */
export async function checkCommand(access: Access<Permission>, locale: Locale): Promise<number> {
  const t = await checkTranslator(locale)
  const { differences, counts, compared, underWay } = await findDifferences(access)
  const line = (text: string | null) => process.stdout.write(`${text ?? ''}\n`)
  for (const { check, of, shown, recomputed } of differences) {
    const name = t(check) ?? check
    line(recomputed === null ? t('row', { name, of, shown }) : t('difference', { name, of, shown, recomputed }))
  }
  for (const [check, count] of counts) {
    const more = count - differences.filter(difference => difference.check === check).length
    if (more > 0) line(t('more', { name: t(check) ?? check, count: more }))
  }
  for (const { kind, count } of underWay) line(t(`underWay_${kind}`, { count }))
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  line(t('result', { count: total, compared }))
  return total > 0 ? 1 : 0
}
