import { getRequestConfig } from 'next-intl/server'
import { currentLocale } from '@/lib/access/locale'
import { now } from '@/lib/clock'
import { env } from '@/lib/env'
import { isLocale, loadMessages } from '@/lib/locale'

export default getRequestConfig(async ({ locale: asked }) => {
  const locale = isLocale(asked) ? asked : await currentLocale()
  return { locale, messages: await loadMessages(locale), timeZone: env().HINOMI_TIME_ZONE, now: now() }
})
