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
import { helpOf } from './help'
import { UsageError } from './usage-error'

/** The error for the person at the terminal. */
export async function sentenceOf(error: unknown, locale: Locale, args: readonly string[] = []): Promise<string> {
  const t = await cliTranslator(locale)
  const withHelp = (sentence: string | null) => `${sentence}\n\n${helpOf(t('help') ?? '', args)}`
  if (error instanceof AppError) return errorSentence(await errorTranslator(locale), error)
  if (error instanceof BackupError) return (await backupTranslator(locale))(error.reason, error.params) ?? error.reason
  if (error instanceof UsageError) return withHelp(t(error.message, error.params))
  if (error instanceof z.ZodError) return withHelp(valueSentence(t, error))
  const outage = outageOf(error)
  if (outage) return errorSentence(await errorTranslator(locale), outageError(outage))
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error ? error.message : String(error)
  if (code.startsWith('ERR_PARSE_ARGS')) return withHelp(argumentSentence(t, code, message))
  return message
}

/** The options whose values are refused. That of an account says how one looks. */
function valueSentence(t: ErrorTranslator, error: z.ZodError): string | null {
  const options = [...new Set(error.issues.map(({ path: [field] }) => toOption(String(field))))]
  const sentence = t('badOption', { option: options.join(', ') })
  return options.includes('--account') ? [sentence, t('accountDigits')].join(' ') : sentence
}

function toOption(field: string): string {
  return `--${field.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** Node names the argument only in its English message, in quotes. */
function argumentSentence(t: ErrorTranslator, code: string, message: string): string {
  const argument = /'([^']+)'/.exec(message)?.[1] ?? ''
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return t('badOption', { option: argument }) ?? message
  return t('unknownArgument', { argument }) ?? message
}
