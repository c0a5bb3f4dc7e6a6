import type { ImportDetail } from '@/lib/domain/import-views'
import { negotiateLocale, rejectTranslator } from '@/lib/locale'

/** An import as the API tells it, with reasons in the language that the caller asks for. */
export async function toAnswer(request: Request, run: ImportDetail) {
  const reason = await rejectTranslator(negotiateLocale(request.headers.get('accept-language')))
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
    heldBack: run.heldBack,
    confirmsId: run.confirmsId,
    observedAt: run.observedAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
  }
}
