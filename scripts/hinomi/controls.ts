import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Access } from '../../lib/access/proof'
import { ControlTableError } from '../../lib/domain/controls/table'
import { cliTranslator, type Locale } from '../../lib/locale'
import { saveControlRows } from '../../lib/store/policies/control-table'
import { UsageError } from './usage-error'

/** `controls FILE`: rows of the table of controls, or AWS's list of its controls; `-` is standard input. */
export async function refreshControls(
  access: Access<'accounts:manage'>,
  file: string | undefined,
  locale: Locale,
): Promise<number> {
  if (!file) throw new UsageError('noControlsFile')
  let raw: unknown
  try {
    raw = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (error) {
    throw new UsageError('badControlsFile', { reason: error instanceof Error ? error.message : String(error) })
  }
  try {
    const { changed, added } = await saveControlRows(access, raw)
    const t = await cliTranslator(locale)
    process.stdout.write(`${t('controlsSaved', { changed, added })}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof ControlTableError)) throw error
    throw new UsageError('badControlsFile', { reason: error.message.slice(0, 500) })
  }
}
