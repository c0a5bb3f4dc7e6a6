'use client'

import { useTranslations } from 'next-intl'
import { useEffect } from 'react'
import { installRecoveringFetch } from './recovering-fetch'

/** Lets navigations and actions of this browser survive an outage. Rendered once, in the providers. */
export function Recovery() {
  const t = useTranslations('health')
  const message = t('noAnswer')
  useEffect(() => installRecoveringFetch(message), [message])
  return null
}
