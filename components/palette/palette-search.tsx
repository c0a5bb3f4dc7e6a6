'use client'

import { useTranslations } from 'next-intl'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { TeamId } from '@/lib/domain/people/team'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { FindingRow } from '@/lib/domain/views'
import { accountHref, findingHref } from '../findings/finding-links'
import { findingsHref, mineHref } from '../findings/list/finding-params'
import { teamHref } from '../teams/team-param'
import { useTeamName } from '../teams/teams-context'
import { type ActionResult, orThrow } from '../ui/action-result'
import { SeverityShape } from '../ui/severity-badge'

interface Found {
  accounts: { id: string; name: string }[]
  findings: FindingRow[]
  controls: { id: string; title: string; severity: FindingRow['severity'] }[]
}
export type SearchAction = (text: string) => Promise<ActionResult<Found>>

interface Hit {
  key: string
  group: 'pages' | 'accounts' | 'controls' | 'findings'
  label: string
  detail?: string
  href: string
  severity?: FindingRow['severity']
}

interface PaletteSearchProps {
  teams: readonly TeamId[]
  search: SearchAction
  onGo: (href: string) => void
}

const WAIT_MS = 180
const PER_GROUP = 6

/** A field and its hits: arrow keys choose, Enter opens the hit. */
export function PaletteSearch({ teams, search, onGo }: PaletteSearchProps) {
  const t = useTranslations()
  const teamName = useTeamName()
  const id = useId()
  const [text, setText] = useState('')
  const [found, setFound] = useState<Hit[]>([])
  const [state, setState] = useState<'idle' | 'searching' | 'failed'>('idle')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])

  const wanted = text.trim()
  const pages: Hit[] = [
    ...teams.map(team => ({ href: teamHref(team), label: t('nav.home', { team: teamName(team) }) })),
    { href: mineHref, label: t('nav.mine') },
    { href: '/findings', label: t('nav.findings') },
    { href: findingsHref({ overdue: true }), label: t('palette.overdue') },
    { href: findingsHref({ owner: ['none'] }), label: t('palette.unowned') },
    { href: '/accounts', label: t('nav.accounts') },
    { href: '/exceptions', label: t('nav.exceptions') },
    { href: '/standard', label: t('nav.standard') },
    { href: '/frameworks', label: t('nav.frameworks') },
    { href: '/coverage', label: t('nav.coverage') },
    { href: '/sources', label: t('nav.sources') },
    { href: '/imports', label: t('nav.imports') },
    { href: '/settings', label: t('nav.settings') },
  ]
    .filter(page => page.label.toLowerCase().includes(wanted.toLowerCase()))
    .map(page => ({ ...page, key: page.href, group: 'pages' as const }))
  const hits = wanted === '' ? pages : [...pages, ...found]

  useEffect(() => {
    setAt(0)
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
        setFound([
          ...result.accounts.slice(0, PER_GROUP).map(account => ({
            key: `account-${account.id}`,
            group: 'accounts' as const,
            label: account.name || account.id,
            ...(account.name ? { detail: account.id } : {}),
            href: accountHref(account.id),
          })),
          ...result.controls.slice(0, PER_GROUP).map(control => ({
            key: `control-${control.id}`,
            group: 'controls' as const,
            label: control.id,
            ...(control.title && control.title !== control.id ? { detail: control.title } : {}),
            href: findingsHref({ control: [control.id] }),
            severity: control.severity,
          })),
          ...result.findings.slice(0, PER_GROUP).map(finding => ({
            key: finding.id,
            group: 'findings' as const,
            label: finding.title,
            detail: finding.accountName || finding.accountId,
            href: findingHref(finding.id),
            severity: finding.severity,
          })),
        ])
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

  function onKey(event: KeyboardEvent) {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && hits.length > 0) {
      event.preventDefault()
      const next = (at + step + hits.length) % hits.length
      setAt(next)
      list.current?.querySelectorAll('[role=option]')[next]?.scrollIntoView({ block: 'nearest' })
    }
    const hit = hits[at]
    if (event.key === 'Enter' && hit && !event.nativeEvent.isComposing) {
      event.preventDefault()
      onGo(hit.href)
    }
  }

  const status =
    state === 'failed'
      ? t('palette.failed')
      : state === 'searching'
        ? t('palette.searching')
        : t('palette.hits', { count: hits.length })
  return (
    <div className="mt-2 flex flex-col gap-2">
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={hits[at] ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        aria-label={t('palette.field')}
        placeholder={t('palette.placeholder')}
        ref={field}
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={onKey}
        className="h-9 w-full rounded-xl border border-field-border bg-field px-3 text-base sm:text-sm"
      />
      <div
        id={`${id}-list`}
        ref={list}
        role="listbox"
        aria-label={t('palette.results')}
        className="max-h-96 overflow-y-auto"
      >
        {hits.map((hit, index) => (
          <div
            key={hit.key}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onPointerMove={() => setAt(index)}
            onClick={() => onGo(hit.href)}
            onKeyDown={onKey}
            className="flex min-h-8 cursor-pointer items-center gap-2 rounded-xl px-2 py-1 aria-selected:bg-accent-soft aria-selected:text-accent-soft-foreground"
          >
            <span className="w-20 shrink-0 text-2xs text-muted">{t(`palette.groups.${hit.group}`)}</span>
            {hit.severity ? <SeverityShape severity={hit.severity} /> : null}
            <span className="min-w-0 flex-1 truncate">{visibleText(hit.label)}</span>
            {hit.detail ? (
              <span className="max-w-40 truncate text-muted text-xs">{visibleText(hit.detail)}</span>
            ) : null}
          </div>
        ))}
      </div>
      <p role="status" className="text-muted text-xs">
        {status}
      </p>
    </div>
  )
}
