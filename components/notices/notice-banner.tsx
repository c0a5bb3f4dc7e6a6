'use client'

import { ShieldAlert } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useTransition } from 'react'
import type { Notice } from '@/lib/domain/people/notices'
import type { ActionResult } from '../ui/action-result'
import { Button } from '../ui/button'
import { orSay } from '../ui/overlays/toasts'
import { RelativeTime } from '../ui/relative-time'
import { NoticeText } from './notice-text'

interface NoticeBannerProps {
  /** The newest first; not empty. */
  notices: readonly Notice[]
  confirm: (input: { at: Date }) => Promise<ActionResult<unknown>>
}

const SHOWN = 3

/** Changes of the reader's account that the reader has not confirmed. */
export function NoticeBanner({ notices, confirm }: NoticeBannerProps) {
  const t = useTranslations('notices')
  const router = useRouter()
  const [pending, start] = useTransition()
  function confirmAll() {
    const at = new Date(Math.max(...notices.map(notice => notice.at.getTime())))
    start(async () => {
      if (orSay(await confirm({ at })) !== null) router.refresh()
    })
  }
  return (
    <section
      aria-labelledby="notices-title"
      className="mx-3 mt-3 flex flex-wrap items-end justify-between gap-x-6 gap-y-2 rounded-2xl border border-warning bg-surface px-4 py-3 md:mx-6"
    >
      <div className="min-w-0">
        <p id="notices-title" className="flex items-center gap-2 font-semibold">
          <ShieldAlert aria-hidden className="size-4 shrink-0 text-warning" />
          {t('title')}
        </p>
        <ul className="mt-1 flex flex-col gap-0.5">
          {notices.slice(0, SHOWN).map(notice => (
            <li key={notice.id} className="break-words">
              <NoticeText notice={notice} />{' '}
              <span className="text-muted text-xs">
                {[notice.device, notice.ip, notice.by].filter(Boolean).map(text => `${text} · `)}
                <RelativeTime date={notice.at} />
              </span>
            </li>
          ))}
        </ul>
        <Link href="/settings/profile#activity" className="text-accent text-xs underline underline-offset-2">
          {notices.length > SHOWN ? t('more', { count: notices.length - SHOWN }) : t('notYou')}
        </Link>
      </div>
      <Button size="sm" isPending={pending} onPress={confirmAll}>
        {t('seen')}
      </Button>
    </section>
  )
}
