'use client'

import { Languages } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useLocale, useTranslations } from 'next-intl'
import { useTransition } from 'react'
import type { ActionResult } from '../ui/action-result'
import { Menu } from '../ui/overlays/menu'
import { orSay } from '../ui/overlays/toasts'

/** Each language under its own name, so that those who read no other find it. */
const LANGUAGES = [
  { id: 'ja', label: '日本語' },
  { id: 'en', label: 'English' },
] as const
export type Language = (typeof LANGUAGES)[number]['id']

interface LanguageSwitchProps {
  setLanguage: (input: { locale: Language }) => Promise<ActionResult<unknown>>
}

/** The language of the product for this member. */
export function LanguageSwitch({ setLanguage }: LanguageSwitchProps) {
  const t = useTranslations('frame')
  const locale = useLocale()
  const router = useRouter()
  const [pending, start] = useTransition()
  const current = LANGUAGES.find(language => language.id === locale)
  function choose(id: Language) {
    start(async () => {
      if (orSay(await setLanguage({ locale: id })) !== null) router.refresh()
    })
  }
  return (
    <Menu
      label={`${t('language')}: ${current?.label ?? locale}`}
      choice
      triggerClassName={pending ? 'opacity-60' : ''}
      trigger={
        <>
          <Languages aria-hidden />
          <span className="max-sm:hidden">{current?.label ?? locale}</span>
        </>
      }
      items={LANGUAGES.map(language => ({
        ...language,
        chosen: language.id === locale,
        onAction: () => choose(language.id),
      }))}
    />
  )
}
