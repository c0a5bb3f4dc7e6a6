'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState, useTransition } from 'react'
import { type Theme, themes } from '@/lib/domain/people/theme'
import { Menu } from '../ui/overlays/menu'

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const satisfies Record<Theme, unknown>

interface ThemeSwitchProps {
  theme: Theme
  /** Stores the choice on this device, so that the next page is rendered with it. */
  setTheme: (theme: Theme) => Promise<void>
}

/** Light, dark, or that of the system. */
export function ThemeSwitch({ theme, setTheme }: ThemeSwitchProps) {
  const t = useTranslations('frame')
  const [chosen, setChosen] = useState(theme)
  const [, start] = useTransition()
  function choose(next: Theme) {
    document.documentElement.dataset.theme = next
    setChosen(next)
    start(() => setTheme(next))
  }
  const Icon = ICONS[chosen]
  return (
    <Menu
      label={t('theme')}
      iconOnly
      choice
      trigger={<Icon aria-hidden />}
      items={themes.map(id => ({
        id,
        label: t(`themes.${id}`),
        chosen: id === chosen,
        onAction: () => choose(id),
      }))}
    />
  )
}
