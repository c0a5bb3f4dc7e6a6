import { notFound, redirect } from 'next/navigation'
import { getLocale, getTranslations } from 'next-intl/server'
import { cache, Suspense } from 'react'
import { FilePanel } from '@/components/attachments/file-panel'
import { CheckAgainPanel } from '@/components/collection/recheck/check-again'
import { ExceptionPanel } from '@/components/exceptions/exception-panel'
import { Disagreement } from '@/components/findings/detail/disagreement'
import { ExplanationPanel } from '@/components/findings/detail/explanation'
import { FindingFacts } from '@/components/findings/detail/finding-facts'
import { FindingText } from '@/components/findings/detail/finding-text'
import { History } from '@/components/findings/detail/history'
import { Merges } from '@/components/findings/detail/merges'
import { Sightings } from '@/components/findings/detail/sightings'
import { AccessPanel } from '@/components/findings/facts/access-panel'
import { CheckPanel } from '@/components/findings/facts/check-panel'
import { ObservedPanel } from '@/components/findings/facts/observed-panel'
import { RelatedFindings } from '@/components/findings/facts/related-findings'
import { ThreatPanel } from '@/components/findings/facts/threat-panel'
import { UpdatePanel } from '@/components/findings/facts/update-panel'
import { VulnerabilityPanel } from '@/components/findings/facts/vulnerability-panel'
import { findingHref } from '@/components/findings/finding-links'
import { SourceChips } from '@/components/findings/list/source-chips'
import { PlaybookPanel } from '@/components/findings/playbook/playbook-panel'
import { StatusText } from '@/components/findings/status-text'
import { CommentForm } from '@/components/findings/triage/comment-form'
import { TriagePanel } from '@/components/findings/triage/triage-panel'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { RelativeTime } from '@/components/ui/relative-time'
import { SeverityBadge } from '@/components/ui/severity-badge'
import { SourceText } from '@/components/ui/source-text'
import { requireAccess } from '@/lib/access/access'
import { paidServicesOfControls } from '@/lib/domain/collection/paid-services/paid-services'
import { explanationFor } from '@/lib/domain/controls/text/explanations'
import { withCanonicalFindings, withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { FindingId } from '@/lib/domain/findings/filter'
import { visibleText } from '@/lib/domain/text/visible-text'
import { playbookFor } from '@/lib/domain/threats/playbook'
import type { FindingDetail } from '@/lib/domain/views'
import { NotFoundError } from '@/lib/errors'
import { findingChecks } from '@/lib/queries/collection/finding-checks'
import { getFinding } from '@/lib/queries/findings/finding'
import { relatedFindings } from '@/lib/queries/threats/related'
import { updateOfFinding } from '@/lib/queries/vulnerabilities/updates'
import { askForFinding, decide, end, preview, review } from '../../exceptions/actions'
import { noteOpening } from '../../note-opening'
import { comment, recheck, showRaw, unmerge } from '../actions'
import { findingActions } from '../sections'

type Params = Promise<{ findingId: string }>

/**
 * The finding of this address, read once for title and page. "Not found" for an unknown finding and for one that the
 * reader may not see.
 */
const loadFinding = cache(async (id: string) => {
  const access = await requireAccess('findings:read')
  const parsed = FindingId.safeParse(id)
  if (!parsed.success) notFound()
  const finding = await getFinding(access, parsed.data).catch((error: unknown) => {
    if (error instanceof NotFoundError) notFound()
    throw error
  })
  // It was merged into another one: old links lead there.
  if (finding.id !== parsed.data) redirect(findingHref(finding.id))
  const locale = await getLocale()
  const [titled = finding] = withCanonicalTitles(locale, [finding])
  await noteOpening(access, [...finding.sources, ...paidServicesOfControls([finding.control])])
  return { finding: titled, locale, me: access.actor.id }
})

export async function findingTitle(params: Params): Promise<string> {
  const { finding } = await loadFinding((await params).findingId)
  return visibleText(finding.title || finding.control)
}

/** What Hinomi says of a finding: steps for a threat, else the explanation of its control, if there is one. */
async function Guidance({ finding, locale }: { finding: FindingDetail; locale: string }) {
  if (finding.class === 'threat') {
    const playbook = await playbookFor(locale, finding)
    return <PlaybookPanel playbook={playbook} accountId={finding.accountId} region={finding.region} />
  }
  const explanation = await explanationFor(locale, finding)
  return explanation ? <ExplanationPanel explanation={explanation} /> : null
}

/** Threats of the same actor and findings of the same resource. */
async function RelatedSection({ finding, locale }: { finding: FindingDetail; locale: string }) {
  const access = await requireAccess('findings:read')
  return <RelatedFindings related={withCanonicalFindings(locale, await relatedFindings(access, finding))} />
}

/** What the update for a vulnerability closes. */
async function UpdateSection({ finding }: { finding: FindingDetail }) {
  const update = await updateOfFinding(await requireAccess('findings:read'), finding)
  return update ? <UpdatePanel finding={finding} update={update} /> : null
}

/** What its sources said when Hinomi last read them. */
async function CheckSection({ finding }: { finding: FindingDetail }) {
  const checks = await findingChecks(await requireAccess('findings:read'), finding)
  return <CheckAgainPanel finding={finding} checks={checks} check={recheck} />
}

export async function FindingSection({ params }: { params: Params }) {
  const [{ finding, locale, me }, t] = await Promise.all([loadFinding((await params).findingId), getTranslations()])
  return (
    <PageShell
      title={<SourceText text={finding.title || finding.control} />}
      lead={
        <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <SeverityBadge severity={finding.severity} />
          <StatusText status={finding.status} />
          <span>{visibleText(finding.control)}</span>
          <SourceChips sources={finding.sources} />
          {finding.sourceTitle && finding.sourceTitle !== finding.title && finding.sourceTitle !== finding.control ? (
            <span className="text-muted">{t('finding.sourceTitle', { title: visibleText(finding.sourceTitle) })}</span>
          ) : null}
          {finding.unconfirmedSince ? (
            <span className="text-bad">
              {t('findings.unconfirmedSince')} <RelativeTime date={finding.unconfirmedSince} />
            </span>
          ) : null}
        </span>
      }
    >
      <div className="grid items-start gap-3.5 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="order-2 flex min-w-0 flex-col gap-3.5 lg:order-none">
          <ThreatPanel finding={finding} />
          <VulnerabilityPanel finding={finding} />
          <Suspense>
            <UpdateSection finding={finding} />
          </Suspense>
          <AccessPanel finding={finding} />
          <Guidance finding={finding} locale={locale} />
          <ObservedPanel finding={finding} />
          <Disagreement passed={finding.disagreeing} failed={finding.sources} />
          <FindingText finding={finding} />
          <CheckPanel finding={finding} />
          <FindingFacts finding={finding} />
          <Suspense>
            <RelatedSection finding={finding} locale={locale} />
          </Suspense>
          <Sightings
            finding={finding.id}
            control={finding.control}
            kind={finding.class}
            sightings={finding.sightings}
            showRaw={showRaw}
          />
          <Merges finding={finding.id} merges={finding.merges} may={finding.may.triage} unmerge={unmerge} />
          <Panel title={t('history.heading')}>
            <History events={finding.events} />
          </Panel>
        </div>
        {/* On narrow screens what happened stands between the triage and the rest. */}
        <div className="contents lg:sticky lg:top-4 lg:flex lg:min-w-0 lg:flex-col lg:gap-3.5">
          <div className="order-1 min-w-0 lg:order-none">
            <TriagePanel finding={finding} actions={findingActions} me={me} />
          </div>
          <div className="order-3 flex min-w-0 flex-col gap-3.5 lg:order-none">
            <Suspense>
              <CheckSection finding={finding} />
            </Suspense>
            <ExceptionPanel finding={finding} actions={{ decide, end, preview, review }} ask={askForFinding} me={me} />
            <FilePanel finding={finding.id} files={finding.attachments} may={finding.may.triage} />
            {finding.may.triage ? (
              <Panel title={t('finding.comments')}>
                <CommentForm key={finding.id} finding={finding.id} me={me} comment={comment} />
              </Panel>
            ) : null}
          </div>
        </div>
      </div>
    </PageShell>
  )
}
