import type { ImportDetail } from '@/lib/domain/imports/views'
import { negotiateLocale, rejectTranslator, waitTranslator } from '@/lib/locale'

/** An import in the form of the API, with reasons in the language that the caller requests. */
export async function toAnswer(request: Request, run: ImportDetail) {
  const locale = negotiateLocale(request.headers.get('accept-language'))
  const [reason, waiting] = await Promise.all([rejectTranslator(locale), waitTranslator(locale)])
  return {
    id: run.id,
    source: run.source ?? (run.sources.length === 1 ? run.sources[0] : null),
    sources: run.sources,
    coverage: run.coverage,
    state: run.state,
    accounts: run.accounts,
    counts: run.counts,
    rejects: run.rejects.map(reject => ({ index: reject.index, code: reject.code, reason: reason(reject) })),
    error: run.error ? { code: run.error.code, reason: reason(run.error) } : null,
    waits: run.waits && { code: run.waits.code, reason: waiting(run.waits.code), retryAt: run.waits.retryAt },
    heldBack: run.heldBack,
    confirmsId: run.confirmsId,
    retriesId: run.retriesId,
    retriedById: run.retriedBy?.id ?? null,
    observedAt: run.observedAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
  }
}
