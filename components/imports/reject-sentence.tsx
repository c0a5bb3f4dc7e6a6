import { useTranslations } from 'next-intl'
import type { Reject } from '@/lib/domain/reject'

const MEGABYTE = 1_048_576

/** Why a record or a document was refused, and what to do, as a sentence. */
export function RejectSentence({ reject }: { reject: Reject }) {
  const t = useTranslations('rejects')
  const { limit = 0 } = reject.params
  const values = {
    field: '',
    value: 'none',
    position: 0,
    key: '',
    what: 'none',
    type: '',
    provider: '',
    account: '',
    ...reject.params,
    limit,
    megabytes: Math.floor(Number(limit) / MEGABYTE),
  }
  return <>{t(t.has(reject.code) ? reject.code : 'internal', values)}</>
}
