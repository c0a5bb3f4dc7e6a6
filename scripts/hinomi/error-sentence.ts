import { z } from 'zod'
import { AppError } from '../../lib/errors'
import {
  backupTranslator,
  cliTranslator,
  type ErrorTranslator,
  errorSentence,
  errorTranslator,
  type Locale,
} from '../../lib/locale'
import { outageError, outageOf } from '../../lib/outage'
import { BackupError } from '../../lib/store/backup/format'
import { UsageError } from './usage-error'

/** The error for the person at the terminal. */
export async function sentenceOf(error: unknown, locale: Locale): Promise<string> {
  const t = await cliTranslator(locale)
  if (error instanceof AppError) return errorSentence(await errorTranslator(locale), error)
  if (error instanceof BackupError) return (await backupTranslator(locale))(error.reason, error.params) ?? error.reason
  if (error instanceof UsageError) return `${t(error.message, error.params)}\n\n${t('help')}`
  if (error instanceof z.ZodError) {
    const fields = error.issues.map(issue => issue.path.join('.')).join(', ')
    return `${t('badOption', { option: fields })}\n\n${t('help')}`
  }
  const outage = outageOf(error)
  if (outage) return errorSentence(await errorTranslator(locale), outageError(outage))
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error ? error.message : String(error)
  if (code.startsWith('ERR_PARSE_ARGS')) return `${argumentSentence(t, code, message)}\n\n${t('help')}`
  return message
}

/** Node names the argument only in its English message, in quotes. */
function argumentSentence(t: ErrorTranslator, code: string, message: string): string {
  const argument = /'([^']+)'/.exec(message)?.[1] ?? ''
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return t('badOption', { option: argument }) ?? message
  return t('unknownArgument', { argument }) ?? message
}
