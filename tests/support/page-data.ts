import { isValidElement } from 'react'
import { createFormatter, createTranslator } from 'use-intl/core'
import { withSourceNames } from '../../lib/locale'
import english from '../../messages/en.json'

const messages = withSourceNames(english, 'en')
const intl = { locale: 'en', messages, timeZone: 'UTC', onError: () => {} } as const
const translatorOf = (namespace?: string) =>
  createTranslator({ ...intl, ...(namespace && { namespace }) } as typeof intl)
const formatter = createFormatter({ locale: 'en', timeZone: 'UTC' })

/** Replaces next-intl, whose server entry exists only in the bundle of Next.js: vi.mock('next-intl', ...). */
export const nextIntl = {
  useTranslations: translatorOf,
  useFormatter: () => formatter,
  useLocale: () => 'en',
  useTimeZone: () => 'UTC',
  useNow: () => new Date(),
  NextIntlClientProvider: () => null,
}
/** Replaces next-intl/server. */
export const nextIntlServer = {
  getTranslations: async (namespace?: string) => translatorOf(namespace),
  getFormatter: async () => formatter,
  getLocale: async () => 'en',
  getMessages: async () => messages,
}

/**
 * Runs the server components of a page and collects all their text and props: at least everything that a browser gets.
 * Rejects with the error of a component, such as a 403 or a redirect. Components with hooks run in the browser, so their
 * props are collected.
 */
export async function pageData(node: unknown): Promise<string> {
  const parts: string[] = []
  await visit(node, parts, new Set())
  return parts.join('\n')
}

async function visit(value: unknown, parts: string[], seen: Set<object>): Promise<void> {
  const node = await value
  if (typeof node === 'string' || typeof node === 'number' || typeof node === 'bigint') parts.push(String(node))
  if (typeof node !== 'object' || node === null || seen.has(node)) return
  seen.add(node)
  if (node instanceof Date) return void parts.push(node.toISOString())
  if (!isValidElement(node)) {
    for (const each of Symbol.iterator in node ? (node as Iterable<unknown>) : Object.values(node))
      await visit(each, parts, seen)
    return
  }
  if (typeof node.type === 'function') await visit(await draw(node.type as Component, node.props), parts, seen)
  // The browser gets the result of an asynchronous component, never its props.
  if (!isAsync(node.type)) await visit(node.props, parts, seen)
}

const isAsync = (type: unknown) => typeof type === 'function' && type.constructor.name === 'AsyncFunction'

type Component = (props: unknown) => unknown

async function draw(component: Component, props: unknown): Promise<unknown> {
  try {
    return await component(props)
  } catch (error) {
    // React refuses hooks outside of its own rendering.
    if (error instanceof TypeError && /null \(reading 'use/.test(error.message)) return null
    throw error
  }
}
