import { useFormatter, useTranslations } from 'next-intl'
import type { HeldBackView, ImportDetail } from '@/lib/domain/imports/views'
import { visibleText } from '@/lib/domain/text/visible-text'
import type { ActionResult } from '../../ui/action-result'
import { Panel } from '../../ui/layout/panel'
import { ConfirmClosings } from './confirm-closings'

interface HeldBackProps {
  run: ImportDetail
  confirm: (input: { id: number }) => Promise<ActionResult<{ id: number }>>
}

/** Findings that are missing from a complete report and were not resolved, and why; with the button to confirm. */
export function HeldBack({ run, confirm }: HeldBackProps) {
  const t = useTranslations()
  if (run.heldBack.length === 0) return null
  const sentenceOf = ({ reason, findings, checks, services }: HeldBackView) => {
    if (reason !== 'waiting' || run.waiting > 0)
      return t(`imports.heldBackReasons.${reason}`, { findings, checks, services })
    return run.confirmedBy
      ? t('imports.heldBackConfirmed', { findings, name: run.confirmedBy.actorName })
      : t('imports.heldBackDecided', { findings })
  }
  return (
    <Panel title={t('imports.heldBack')}>
      <ul className="flex flex-col divide-y divide-separator">
        {run.heldBack.map(scope => (
          <li
            key={`${scope.accountId}-${scope.source}-${scope.product}-${scope.reason}`}
            className="flex flex-col gap-1 py-2 first:pt-0 last:pb-0"
          >
            <span className="font-semibold">
              {[scope.accountId ?? t('imports.everyAccount'), feedName(scope, t)].filter(Boolean).join(' · ')}
            </span>
            <p>{sentenceOf(scope)}</p>
            <Places scope={scope} />
          </li>
        ))}
      </ul>
      {run.may.confirm ? <ConfirmClosings id={run.id} confirm={confirm} /> : null}
    </Panel>
  )
}

function feedName({ source, product }: HeldBackView, t: ReturnType<typeof useTranslations>): string {
  if (!source) return ''
  const name = t(`source.${source}`)
  return product && product !== name ? `${name} · ${visibleText(product)}` : name
}

/** The services and Regions with most of the findings. */
function Places({ scope }: { scope: HeldBackView }) {
  const t = useTranslations('imports')
  const format = useFormatter()
  if (scope.places.length === 0) return null
  return (
    <details>
      <summary className="cursor-pointer text-muted text-xs">{t('heldBackPlaces')}</summary>
      <table className="mt-1 text-xs">
        <thead className="text-left text-muted">
          <tr>
            <th scope="col" className="pr-6 font-normal">
              {t('service')}
            </th>
            <th scope="col" className="pr-6 font-normal">
              {t('region')}
            </th>
            <th scope="col" className="text-right font-normal">
              {t('findings')}
            </th>
          </tr>
        </thead>
        <tbody>
          {scope.places.map(({ service, region, findings }) => (
            <tr key={`${service}/${region}`}>
              <td className="pr-6 font-mono">{visibleText(service)}</td>
              <td className="pr-6 font-mono">{visibleText(region)}</td>
              <td className="text-right">{format.number(findings)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
