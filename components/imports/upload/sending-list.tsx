import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { importHref } from '../../findings/finding-links'
import { Button } from '../../ui/button'

export interface Sending {
  key: number
  name: string
  size: number
  state: 'waiting' | 'sending' | 'sent' | 'again' | 'archive' | 'failed'
  /** Share of the sent bytes, 0 to 1. */
  share: number
  id?: number
  /** How many reports of an archive were received, and how many of its files were not. */
  archive?: { reports: number; skipped: number }
  message?: string
  /** Retries a file that could not be sent. */
  again?: () => void
}

const MEGABYTE = 1_048_576

/** The files of this visit and their progress. */
export function SendingList({ sendings }: { sendings: readonly Sending[] }) {
  const t = useTranslations('imports')
  const format = useFormatter()
  if (sendings.length === 0) return null
  return (
    <ul
      aria-label={t('sendings')}
      aria-live="polite"
      className="mt-3 flex flex-col divide-y divide-separator border-separator border-t"
    >
      {sendings.map(sending => (
        <li key={sending.key} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
          <span className={`min-w-0 truncate font-semibold ${sending.state === 'failed' ? 'basis-full' : 'flex-1'}`}>
            {sending.name}
          </span>
          <span className="text-muted text-xs">
            {sending.size < MEGABYTE
              ? t('kilobytes', { size: format.number(Math.ceil(sending.size / 1024)) })
              : t('megabytes', { size: format.number(sending.size / MEGABYTE, { maximumFractionDigits: 1 }) })}
          </span>
          {sending.state === 'sending' ? (
            <progress
              max={1}
              value={sending.share}
              aria-label={t('sendingOf', { name: sending.name })}
              className="h-1.5 w-32 accent-accent"
            />
          ) : null}
          {sending.id !== undefined ? (
            <Link href={importHref(sending.id)} className="text-accent underline underline-offset-2">
              {t(sending.state === 'again' ? 'sendingStates.again' : 'sendingStates.sent', { id: sending.id })}
            </Link>
          ) : (
            <span className={sending.state === 'failed' ? 'min-w-0 flex-1 text-bad' : 'text-muted'}>
              {(sending.state === 'failed' ? sending.message : undefined) ??
                t(`sendingStates.${sending.state}`, {
                  id: 0,
                  count: sending.archive?.reports ?? 0,
                  skipped: sending.archive?.skipped ?? 0,
                })}
            </span>
          )}
          {sending.state === 'failed' && sending.again ? (
            <Button size="sm" aria-label={t('sendAgainOf', { name: sending.name })} onPress={sending.again}>
              {t('sendAgain')}
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
