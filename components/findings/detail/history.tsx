'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { EventKind } from '@/lib/domain/findings/event'
import { sourceIds } from '@/lib/domain/imports/outcome'
import { CountsBy } from '@/lib/domain/policies/exploited'
import type { FindingEventView } from '@/lib/domain/views'
import { RelativeTime } from '../../ui/relative-time'
import { SourceText } from '../../ui/source-text'
import { findingsHref } from '../list/finding-params'
import { useValueWords } from './value-words'

/** Kinds of events whose text is the number of an exception or a cause, which their sentence includes. */
const NUMBERED: EventKind[] = ['excepted', 'returned', 'expiring', 'overdue', 'resolved', 'counts_as']
const REASONS = ['passed', 'archived', 'suppressed', 'absent', 'hand'] as const

/** The names of the sources in the actor of an import; empty if it lists none. */
function useSourceNames() {
  const t = useTranslations('source')
  return (ids: string): string =>
    ids
      .split(', ')
      .flatMap(id => sourceIds.filter(source => source === id))
      .map(source => t(source))
      .join(', ')
}

function useSentence() {
  const t = useTranslations('history')
  const sources = useSourceNames()
  const words = useValueWords()
  return (event: FindingEventView): string => {
    const name = event.actorKind === 'import' ? sources(event.actorName) : event.actorName
    const actor = t(name === '' ? 'actor.unnamedImport' : `actor.${event.actorKind}`, { name })
    const before = event.before === null ? null : words(event.kind, event.before)
    const after = event.after === null ? null : words(event.kind, event.after)
    if (event.kind === 'resolved') {
      const reason = REASONS.find(known => known === event.text || known === event.after)
      return t(reason ? `resolved.${reason}` : 'resolved.other', { actor })
    }
    if (event.kind === 'overdue' && event.text === 'respond')
      return t('overdueRespond', { after: words('respond', event.after ?? '') })
    if (event.kind === 'created' || event.kind === 'comment' || event.kind === 'reopened')
      return t(event.kind, { actor })
    if (
      event.kind === 'suppressed' ||
      event.kind === 'unsuppressed' ||
      event.kind === 'asked' ||
      event.kind === 'excepted' ||
      event.kind === 'returned' ||
      event.kind === 'expiring' ||
      event.kind === 'overdue' ||
      event.kind === 'left' ||
      event.kind === 'first_seen' ||
      event.kind === 'closed_at'
    )
      return t(event.kind, { actor, before: before ?? '', after: after ?? '', number: event.text ?? '' })
    if (event.kind === 'counts_as') {
      const by = CountsBy.safeParse(event.text)
      return t(`counts_as.${after !== null && by.success ? by.data : 'removed'}`, {
        actor,
        before: before ?? '',
        after: after ?? '',
      })
    }
    const shape = after === null ? 'removed' : before === null ? 'set' : 'changed'
    return t(`${event.kind}.${shape}`, { actor, before: before ?? '', after: after ?? '' })
  }
}

/** "an import" gets a capital letter at the start of a sentence. Names of people and tokens do not change. */
function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

/** The history of a finding in sentences, newest first; events are passed oldest first. */
export function History({ events }: { events: FindingEventView[] }) {
  const t = useTranslations('history')
  const tChanges = useTranslations('changes')
  const plain = useSentence()
  const sentence = (event: FindingEventView) =>
    event.undo ? tChanges('inHistory', { sentence: plain(event) }) : plain(event)
  if (events.length === 0) return <p className="text-muted">{t('empty')}</p>
  return (
    <ol aria-label={t('heading')} className="flex flex-col gap-2.5 border-border border-s ps-4">
      {events.toReversed().map(event => (
        <li key={event.id} className="relative">
          <span
            aria-hidden
            className={`absolute top-1.5 -left-[1.31rem] size-2 rounded-full border border-surface ${event.actorKind === 'member' ? 'bg-accent' : 'bg-quiet'}`}
          />
          <p title={event.actorEmail ?? undefined}>
            {event.actorKind === 'import' ? capitalised(sentence(event)) : sentence(event)}{' '}
            <RelativeTime date={event.at} className="text-muted text-xs" />
            {event.changeset && event.kind !== 'comment' ? (
              <Link
                href={findingsHref({ changeset: event.changeset })}
                className="ms-1.5 whitespace-nowrap text-muted text-xs underline underline-offset-2 hover:text-foreground"
              >
                {tChanges('show')}
              </Link>
            ) : null}
          </p>
          {event.text && !NUMBERED.includes(event.kind) ? (
            <p className="mt-0.5 whitespace-pre-wrap rounded-xl bg-surface-secondary px-2.5 py-1.5">
              <SourceText text={event.text} />
            </p>
          ) : null}
        </li>
      ))}
    </ol>
  )
}
