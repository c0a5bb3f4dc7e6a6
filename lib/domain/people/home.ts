import type { FindingFilter } from '../findings/filter'
import type { TeamKind } from './team'

/** A list of findings on the home of a team. */
export type HomeList = 'threats' | 'exploited' | 'urgent' | 'newest' | 'people'

/** Narrows each list, beside the team. */
export const homeFilters: Record<HomeList, Partial<FindingFilter>> = {
  threats: { class: ['threat'] },
  exploited: { kev: true },
  urgent: { severity: ['critical', 'high'], sort: 'due' },
  newest: { sort: 'newest' },
  people: { resourceType: ['AwsIamUser'], sort: 'due' },
}

interface HomeLayout {
  lists: readonly HomeList[]
  /** Whether it shows the accounts with findings of the team that are most at risk. */
  accounts: boolean
  /** Whether it shows how many exceptions wait for a decision. */
  exceptions: boolean
}

/** The lists on the home of each kind of team, in order. */
export const homeLayouts: Record<TeamKind, HomeLayout> = {
  infrastructure: { lists: ['exploited', 'urgent', 'newest'], accounts: true, exceptions: false },
  security_response: { lists: ['threats', 'exploited', 'urgent', 'newest'], accounts: true, exceptions: true },
  corporate_it: { lists: ['urgent', 'people', 'newest'], accounts: false, exceptions: false },
}
