'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import type { TeamId } from '@/lib/domain/people/team'
import { type ActionResult, orThrow } from '../ui/action-result'
import { SearchList } from '../ui/lists/search-list'
import { SeverityShape } from '../ui/severity-badge'
import { SourceText } from '../ui/source-text'
import { type Found, type Hit, toHits } from './hits'
import { usePages } from './use-pages'

export type SearchAction = (text: string) => Promise<ActionResult<Found>>

interface PaletteSearchProps {
  teams: readonly TeamId[]
  /** The settings pages that the reader may open. */
  settings: readonly string[]
  search: SearchAction
  onGo: (href: string) => void
}

const WAIT_MS = 180

/** Pages, settings and actions by name, and what the server finds. */
export function PaletteSearch({ teams, settings, search, onGo }: PaletteSearchProps) {
  const t = useTranslations('palette')
  const [text, setText] = useState('')
  const [found, setFound] = useState<Hit[]>([])
  const [state, setState] = useState<'idle' | 'searching' | 'failed'>('idle')
  const wanted = text.trim()
  const pages = usePages(teams, settings, wanted)
  const hits = wanted === '' ? pages : [...pages, ...found]

  useEffect(() => {
    if (wanted === '') {
      setFound([])
      setState('idle')
      return
    }
    let stale = false
    setState('searching')
    const timer = setTimeout(async () => {
      try {
        const result = orThrow(await search(wanted))
        if (stale) return
        setFound(toHits(result))
        setState('idle')
      } catch {
        if (!stale) setState('failed')
      }
    }, WAIT_MS)
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [wanted, search])

  return (
    <SearchList
      label={t('field')}
      placeholder={t('placeholder')}
      listLabel={t('results')}
      text={text}
      onText={setText}
      items={hits}
      itemKey={hit => hit.key}
      onChoose={hit => onGo(hit.href)}
      status={state === 'idle' ? t('hits', { count: hits.length }) : t(state)}
    >
      {hit => (
        <>
          <span className="w-20 shrink-0 text-2xs text-muted">{t(`groups.${hit.group}`)}</span>
          {hit.severity ? <SeverityShape severity={hit.severity} /> : null}
          <span className="min-w-0 flex-1">
            <SourceText text={hit.label} className="block truncate" />
            {hit.detail ? <span className="block truncate text-muted text-xs">{hit.detail}</span> : null}
          </span>
        </>
      )}
    </SearchList>
  )
}
