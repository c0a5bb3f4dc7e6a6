import { useTranslations } from 'next-intl'
import { type StandardState, standardStates } from '@/lib/domain/standard/state'
import { StateText } from './state-mark'

/** What a cell of the matrix shows for a state; the style sheet draws the others. */
const SIGNS = { failed: '1', unexamined: '?', excepted: '1' } as const

const hasSign = (state: StandardState): state is keyof typeof SIGNS => Object.hasOwn(SIGNS, state)

/** The meaning of each state. A narrow screen has no matrix, and so none of its signs. */
export function StandardLegend({ mixed }: { mixed: boolean }) {
  const t = useTranslations('standard')
  return (
    <section aria-label={t('legend')} className="border-border border-t pt-3">
      <dl className="grid gap-x-6 gap-y-1.5 text-xs sm:grid-cols-2 lg:grid-cols-3">
        {standardStates.map(state => (
          <div key={state} className="flex gap-2">
            <dt className="w-28 shrink-0">
              <span className="md:hidden">
                <StateText state={state} />
              </span>
              <span className="hidden items-center gap-1.5 font-semibold md:flex">
                <span aria-hidden className="standard-sign" data-state={state}>
                  {hasSign(state) ? SIGNS[state] : null}
                </span>
                {t(`states.${state}`)}
              </span>
            </dt>
            <dd className="text-muted">
              {t(`meanings.${state}`)}
              {hasSign(state) ? <span className="hidden md:inline"> {t(`signs.${state}`)}</span> : null}
            </dd>
          </div>
        ))}
        {mixed ? (
          <div className="hidden gap-2 md:flex">
            <dt className="flex w-28 shrink-0 gap-1.5 font-semibold">
              <span aria-hidden className="standard-sign">
                *
              </span>
              {t('mixed')}
            </dt>
            <dd className="text-muted">{t('mixedTeams')}</dd>
          </div>
        ) : null}
      </dl>
    </section>
  )
}
