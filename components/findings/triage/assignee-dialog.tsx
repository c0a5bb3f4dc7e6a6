'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import type { Person } from '@/lib/domain/views'
import { orThrow } from '../../ui/action-result'
import { Button } from '../../ui/button'
import { SearchList } from '../../ui/lists/search-list'
import { Dialog } from '../../ui/overlays/dialog'
import { SkeletonLine } from '../../ui/skeletons'
import type { FindingActions } from './finding-actions'

interface AssigneeDialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Accounts of the findings; empty for every account. */
  accounts: string[]
  listAssignable: FindingActions['listAssignable']
  me: string
  onChoose: (owner: Person | null) => void
}

/** Chooses an owner among the members who may see all accounts of the findings. */
export function AssigneeDialog(props: AssigneeDialogProps) {
  const { open, onOpenChange, accounts, listAssignable, me, onChoose } = props
  const t = useTranslations('findings')
  const tCommon = useTranslations('common')
  const [people, setPeople] = useState<Person[] | 'loading' | 'failed'>('loading')
  const [text, setText] = useState('')
  const wanted = accounts.join(',')
  useEffect(() => {
    if (!open) return
    let stale = false
    setText('')
    setPeople('loading')
    listAssignable(wanted === '' ? [] : wanted.split(','))
      .then(orThrow)
      .then(
        found => {
          if (!stale) setPeople(found)
        },
        () => {
          if (!stale) setPeople('failed')
        },
      )
    return () => {
      stale = true
    }
  }, [open, wanted, listAssignable])
  const failed = people === 'failed'
  const part = text.trim().toLowerCase()
  const shown =
    typeof people === 'string'
      ? []
      : people
          .filter(person => `${person.name} ${person.email}`.toLowerCase().includes(part))
          .sort((a, b) => Number(b.id === me) - Number(a.id === me))
  return (
    <Dialog title={t('assignTo')} open={open} onOpenChange={onOpenChange} size="sm" searchOnly>
      <SearchList
        label={t('findPerson')}
        listLabel={t('people')}
        text={text}
        onText={setText}
        items={shown}
        itemKey={person => person.id}
        onChoose={onChoose}
        status={people === 'loading' ? tCommon('loading') : shown.length === 0 && !failed ? tCommon('noMatch') : null}
      >
        {person => (
          <>
            <span className="min-w-0 flex-1 truncate">
              {person.name || person.email}
              {person.id === me ? <span className="text-muted"> {t('you')}</span> : null}
            </span>
            <span className="max-w-40 truncate text-muted text-xs">{person.email}</span>
          </>
        )}
      </SearchList>
      <div className="flex flex-col gap-2">
        {people === 'loading' ? <SkeletonLine /> : null}
        {failed ? <p role="alert">{tCommon('failedNow')}</p> : null}
        <p className="text-muted text-xs">{t('assignableHint')}</p>
        <Button onPress={() => onChoose(null)}>{t('unassign')}</Button>
      </div>
    </Dialog>
  )
}
