'use client'

import { Search } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import type { TeamId } from '@/lib/domain/people/team'
import { Dialog } from '../ui/overlays/dialog'
import { PaletteSearch, type SearchAction } from './palette-search'

interface CommandPaletteProps {
  teams: readonly TeamId[]
  /** The settings pages that the reader may open. */
  settings: readonly string[]
  search: SearchAction
}

/** Opens any page: Ctrl K or Command K, then a few letters. */
export function CommandPalette({ teams, settings, search }: CommandPaletteProps) {
  const t = useTranslations('palette')
  const router = useRouter()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      setOpen(true)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  function go(href: string) {
    setOpen(false)
    router.push(href)
  }
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-8 min-w-0 flex-1 cursor-pointer items-center gap-2 rounded-xl border border-field-border bg-field px-2.5 text-muted sm:max-w-md"
      >
        <Search aria-hidden className="size-3.5 shrink-0" />
        <span className="truncate">{t('open')}</span>
        <kbd aria-hidden className="ms-auto font-sans text-2xs max-sm:hidden">
          Ctrl K
        </kbd>
      </button>
      <Dialog title={t('title')} open={open} onOpenChange={setOpen} size="xl" searchOnly>
        <PaletteSearch teams={teams} settings={settings} search={search} onGo={go} />
      </Dialog>
    </>
  )
}
