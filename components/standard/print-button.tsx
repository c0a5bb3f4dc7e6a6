'use client'

import { Printer } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '../ui/button'

/** Opens the browser's dialog for printing. */
export function PrintButton() {
  const t = useTranslations('standard.document')
  return (
    <span className="no-print">
      <Button onPress={() => window.print()}>
        <Printer aria-hidden />
        {t('print')}
      </Button>
    </span>
  )
}
