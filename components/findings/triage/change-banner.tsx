import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ChangeView } from '@/lib/domain/findings/change-set'
import { Panel } from '../../ui/layout/panel'
import { ExactTime } from '../../ui/relative-time'
import { ChangeValues } from '../detail/change-values'
import { findingsHref } from '../list/finding-params'
import type { Undo } from './finding-actions'
import { UndoButton } from './undo-button'

interface ChangeBannerProps {
  change: ChangeView
  /** Whether the list shows only the findings that the undo did not restore. */
  left: boolean
  undo: Undo
}

const LINK = 'underline underline-offset-2 hover:text-foreground'

/** Who changed the findings of this list, when, and their former values, with a button to undo it. */
export function ChangeBanner({ change, left, undo }: ChangeBannerProps) {
  const t = useTranslations('changes')
  const { id, actorKind, actorName, undoes, undoneBy } = change
  return (
    <Panel title={t('by', { name: t(`kinds.${actorKind}`, { name: actorName }) })}>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="flex min-w-0 flex-col gap-1">
          <p className="flex flex-wrap gap-x-3 text-muted text-xs">
            <ExactTime date={change.at} />
            <span>{t('findings', { count: change.count })}</span>
          </p>
          <ChangeValues changes={change.changes} moreValues={change.moreValues} />
          {left ? <p className="text-muted">{t('leftBy')}</p> : null}
          {undoes ? (
            <p className="text-muted">
              {t('undoes')}{' '}
              <Link className={LINK} href={findingsHref({ changeset: undoes })}>
                {t('showUndone')}
              </Link>
            </p>
          ) : null}
          {undoneBy ? (
            <p className="text-muted">
              {t('undoneBy')}{' '}
              <Link className={LINK} href={findingsHref({ changeset: undoneBy })}>
                {t('showUndo')}
              </Link>
            </p>
          ) : null}
        </div>
        {change.mayUndo ? <UndoButton changeset={id} count={change.count} undo={undo} /> : null}
      </div>
    </Panel>
  )
}
