import { useLocale } from 'next-intl'
import { languageOf } from '@/lib/domain/text/language'
import { visibleText } from '@/lib/domain/text/visible-text'

/** A text of a source or of a person, marked with its language if that is not the reader's, for screen readers. */
export function SourceText({ text, className }: { text: string; className?: string }) {
  const locale = useLocale()
  const language = languageOf(text)
  const isForeign = language !== null && language !== locale
  return (
    <span {...(isForeign && { lang: language })} {...(className && { className })}>
      {visibleText(text)}
    </span>
  )
}
