'use client'

import { Check, Copy, Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '../ui/button'

interface RecoveryCodesProps {
  codes: readonly string[]
  /** Whose they are, for the file. */
  email: string
  /** The level of the heading, by where they stand. */
  level?: 2 | 3
  /** Called once the reader says that they are saved; without it, the page around has a button of its own. */
  onSaved?: () => void
}

/** Recovery codes, which are shown this one time, to be copied or kept as a file. */
export function RecoveryCodes({ codes, email, level = 3, onSaved }: RecoveryCodesProps) {
  const Heading = `h${level}` as const
  const t = useTranslations('twoStep')
  const [copied, setCopied] = useState(false)
  async function copy() {
    await navigator.clipboard.writeText(codes.join('\n'))
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
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
        className="grid grid-cols-1 gap-x-6 gap-y-1.5 rounded-lg border border-border bg-surface-secondary px-4 py-3 font-mono text-sm min-[360px]:grid-cols-2"
      >
        {codes.map(code => (
          <li key={code} className="whitespace-nowrap">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button onPress={copy}>
          {copied ? <Check aria-hidden className="text-good" /> : <Copy aria-hidden />}
          {t(copied ? 'copied' : 'copyCodes')}
        </Button>
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
