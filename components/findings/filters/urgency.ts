import type { FindingFilter } from '@/lib/domain/findings/filter'

/** What makes a vulnerability urgent, as choices of one menu. All that are chosen must apply. */
export const urgencies = ['kev', 'exploit', 'likely', 'fix'] as const
export type Urgency = (typeof urgencies)[number]

/** The probability of exploitation in percent from which the choice "likely" counts. https://www.first.org/epss/ */
const LIKELY_PERCENT = 10

export function isChosen(filter: FindingFilter, urgency: Urgency): boolean {
  return urgency === 'likely' ? filter.epss !== null : filter[urgency]
}

/** The parameters of these choices; null leaves one out of the address. */
export function toUrgency(chosen: readonly string[]) {
  const flag = (urgency: Urgency) => (chosen.includes(urgency) ? true : null)
  return {
    kev: flag('kev'),
    exploit: flag('exploit'),
    fix: flag('fix'),
    epss: chosen.includes('likely') ? LIKELY_PERCENT : null,
  }
}
