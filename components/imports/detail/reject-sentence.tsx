import { useTranslations } from 'next-intl'
import type { Reject } from '@/lib/domain/imports/reject'
import { visibleText } from '@/lib/domain/text/visible-text'
import { useAcceptedSources } from '../upload/accepted-sources'

/** Why a record or a document was refused, and what to do, as a sentence. */
export function RejectSentence({ reject }: { reject: Reject }) {
  const t = useTranslations('rejects')
  const sources = useAcceptedSources()
  const values = {
    sources,
    field: '',
    value: 'none',
    position: 0,
    key: '',
    what: 'none',
    type: '',
    provider: '',
    account: '',
    limit: 0,
    megabytes: 0,
    ...Object.fromEntries(
      Object.entries(reject.params).map(([key, value]) => [
        key,
        typeof value === 'string' ? visibleText(value) : value,
      ]),
    ),
  }
  return <>{t(t.has(reject.code) ? reject.code : 'internal', values)}</>
}
