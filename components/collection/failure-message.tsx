import { useTranslations } from 'next-intl'
import { isUnreadable, shownMessage } from '@/lib/domain/collection/failure'
import { visibleText } from '@/lib/domain/text/visible-text'

/** The code of an error, without a sentence. */
const CODE = /^[A-Za-z0-9_]+$/

/** What AWS answered, labeled as such: it is English in every language. */
export function FailureMessage({ operation, message }: { operation?: string; message: string }) {
  const t = useTranslations('collection')
  const said = visibleText(shownMessage(message))
  if (said === '') return null
  const isUnknown = isUnreadable(message)
  return (
    <span className="text-2xs text-muted">
      {t(isUnknown ? 'answered' : CODE.test(said) ? 'errorCode' : 'awsMessage')}{' '}
      <code className="break-words">{operation && !isUnknown ? `${operation}: ${said}` : said}</code>
    </span>
  )
}
