'use client'

import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'

interface RecoveryCodesProps {
  codes: readonly string[]
  /** Their owner, for the file. */
  email: string
  /** The level of the heading. */
  level?: 2 | 3
  /** Called once the reader confirms that they are saved; without it, the page has its own button. */
  onSaved?: () => void
}

/** Recovery codes, shown once, to copy or to save as a file. */
export function RecoveryCodes({ codes, email, level = 3, onSaved }: RecoveryCodesProps) {
  const Heading = `h${level}` as const
  const t = useTranslations('twoStep')
  function download() {
    const text = `${t('fileTitle', { email, site: window.location.origin })}\n\n${codes.join('\n')}\n`
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
    const link = Object.assign(document.createElement('a'), { href: url, download: 'hinomi-recovery-codes.txt' })
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <div className="flex max-w-md flex-col gap-3">
      <Heading className="font-semibold">{t('codes')}</Heading>
      <p>{t('codesOnce')}</p>
      <ul
        aria-label={t('codes')}
        className="flex flex-col gap-1.5 rounded-lg border border-border bg-surface-secondary px-4 py-3 font-mono text-sm"
      >
        {codes.map(code => (
          <li key={code} className="whitespace-nowrap">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={codes.join('\n')} label={t('copyCodes')} showLabel />
        <Button onPress={download}>
          <Download aria-hidden />
          {t('downloadCodes')}
        </Button>
      </div>
      {onSaved ? (
        <div>
          <Button variant="primary" onPress={onSaved}>
            {t('saved')}
          </Button>
        </div>
      ) : null}
    </div>
  )
}
