import { type AbstractIntlMessages, createTranslator } from 'use-intl/core'
import { feedDefinition, feedNames, recognisedFeeds } from './domain/feeds/feed-definitions'
import type { HealthCode } from './domain/health/health'
import type { WaitReason } from './domain/imports/import'
import type { Reject } from './domain/imports/reject'
import type { AppError } from './errors'

export const locales = ['ja', 'en'] as const
export type Locale = (typeof locales)[number]

export const LOCALE_COOKIE = 'hinomi-locale'

export function isLocale(text: string | null | undefined): text is Locale {
  return (locales as readonly (string | null | undefined)[]).includes(text)
}

/** The first supported language of an Accept-Language header; English if it has none. */
export function negotiateLocale(header: string | null): Locale {
  const wanted = (header ?? '').split(',').map(part => {
    const [range = '', ...params] = part.trim().split(';')
    const quality = params.map(param => /^\s*q=([\d.]+)$/.exec(param)?.[1]).find(Boolean)
    return { language: range.toLowerCase().split('-')[0], quality: quality === undefined ? 1 : Number(quality) }
  })
  const found = wanted
    .filter(({ language, quality }) => isLocale(language) && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .at(0)?.language
  return isLocale(found) ? found : 'en'
}

export async function loadMessages(locale: Locale): Promise<AbstractIntlMessages> {
  const { default: messages } =
    locale === 'ja' ? await import('../messages/ja.json') : await import('../messages/en.json')
  return withSourceNames(messages, locale)
}

/** The messages of a language, including the names of feeds from the source definitions, as `source` and `source.short`. */
export function withSourceNames<M extends object>(messages: M, locale: Locale) {
  return { ...messages, source: feedNames(locale) }
}

export type ErrorTranslator = (reason: string, params?: Record<string, string | number>) => string | null

type Sentences =
  | 'errors'
  | 'rejects'
  | 'cli'
  | 'heldBack'
  | 'keys'
  | 'check'
  | 'backup'
  | 'wait'
  | 'health'
  | 'outagePage'
  | 'writeBack'

async function translator(locale: Locale, kind: Sentences): Promise<ErrorTranslator> {
  const { default: all } = locale === 'ja' ? await import('../messages/ja.json') : await import('../messages/en.json')
  const { heldBackReasons: heldBack, wait } = all.imports
  const outagePage = { ...all.health.page, product: all.frame.product }
  const texts = { ...all, heldBack, wait, health: all.health.reasons, outagePage }[kind]
  // Some have groups of texts, which are named with a dot: collectStates.denied.
  const messages = texts as Record<string, string>
  const t = createTranslator({ locale, messages, onError: () => {} })
  return (reason, params) => (t.has(reason) ? t(reason, params) : null)
}

/** Sentences of the errors namespace; null for a reason without one. */
export function errorTranslator(locale: Locale): Promise<ErrorTranslator> {
  return translator(locale, 'errors')
}

/** The text of an error for people: the sentence of its reason, or else of its code. */
export function errorSentence(t: ErrorTranslator, error: AppError): string {
  return t(error.reason, error.params) ?? t(error.code) ?? error.code
}

/** The text of an unexpected error: only its id is shown, its message is in the log. */
export function unexpectedSentence(t: ErrorTranslator, id: string): string {
  return t('unexpected', { id }) ?? id
}

interface Issue {
  readonly code?: string | undefined
  readonly message: string
  readonly [detail: string]: unknown
}

/** The text of a failed check for people: the sentence of the schema's own reason, or else of the kind of check. */
export function issueSentence(t: ErrorTranslator, issue: Issue): string {
  const values = Object.entries(issue).filter((entry): entry is [string, string | number] =>
    ['string', 'number'].includes(typeof entry[1]),
  )
  const keys = Array.isArray(issue.keys) ? issue.keys.join(', ') : ''
  const params = { ...Object.fromEntries(values), keys }
  const kind = `${issue.code}_${issue.format ?? issue.origin ?? ''}`
  return t(issue.message, params) ?? t(`check_${kind}`, params) ?? t('invalid') ?? issue.message
}

/** Sentences for the reasons why a record or a document was refused. */
export async function rejectTranslator(locale: Locale): Promise<(reject: Reject) => string> {
  const t = await translator(locale, 'rejects')
  const sources = new Intl.ListFormat(locale).format(recognisedFeeds.map(id => feedDefinition(id)?.name[locale] ?? id))
  return ({ code, params }) => t(code, { what: 'none', value: 'none', sources, ...params }) ?? code
}

/** Sentences for the reasons why an import waits. */
export async function waitTranslator(locale: Locale): Promise<(code: WaitReason) => string> {
  const t = await translator(locale, 'wait')
  return code => t(code) ?? code
}

/** Sentences of the command line. */
export function cliTranslator(locale: Locale): Promise<ErrorTranslator> {
  return translator(locale, 'cli')
}

/** Sentences of `hinomi check`. */
export function checkTranslator(locale: Locale): Promise<ErrorTranslator> {
  return translator(locale, 'check')
}

/** Sentences of the command line on keys. */
export function keysTranslator(locale: Locale): Promise<ErrorTranslator> {
  return translator(locale, 'keys')
}

/** Sentences of the commands that back up and restore. */
export function backupTranslator(locale: Locale): Promise<ErrorTranslator> {
  return translator(locale, 'backup')
}

/** Sentences for the reasons why a complete report did not resolve findings. */
export async function heldBackTranslator(
  locale: Locale,
): Promise<(reason: string, counts: Record<'findings' | 'checks' | 'services', number>) => string> {
  const t = await translator(locale, 'heldBack')
  return (reason, counts) => t(reason, counts) ?? reason
}

/** Sentences for problems of the running product, by code. */
export async function healthTranslator(locale: Locale): Promise<(code: HealthCode) => string> {
  const t = await translator(locale, 'health')
  return code => t(code) ?? code
}

/** The words of notes that are written to Security Hub. */
export async function noteTranslator(
  locale: Locale,
): Promise<(key: string, params?: Record<string, string | number>) => string> {
  const t = await translator(locale, 'writeBack')
  return (key, params) => t(key, params) ?? key
}

/** Texts of the page that replaces every other page during an outage. */
export async function outagePageTexts(locale: Locale): Promise<Record<'title' | 'text' | 'product', string>> {
  const t = await translator(locale, 'outagePage')
  const text = (key: string) => t(key) ?? key
  return { title: text('title'), text: text('text'), product: text('product') }
}
