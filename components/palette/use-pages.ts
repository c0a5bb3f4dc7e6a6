import { useTranslations } from 'next-intl'
import type { TeamId } from '@/lib/domain/people/team'
import { findingsHref, mineHref } from '../findings/list/finding-params'
import { teamHref } from '../teams/team-param'
import { useTeamName } from '../teams/teams-context'
import type { Hit } from './hits'

/** Pages, lists and settings whose name or description contains a text. Settings only with a text: there are many. */
export function usePages(teams: readonly TeamId[], settings: readonly string[], wanted: string): Hit[] {
  const t = useTranslations()
  const teamName = useTeamName()
  const pages = [
    ...teams.map(team => ({ href: teamHref(team), label: t('nav.home', { team: teamName(team) }) })),
    { href: mineHref, label: t('nav.mine') },
    { href: '/findings', label: t('nav.findings') },
    { href: findingsHref({ overdue: true }), label: t('palette.overdue') },
    { href: findingsHref({ owner: ['none'] }), label: t('palette.unowned') },
    { href: findingsHref({ group: 'control' }), label: t('palette.byControl') },
    { href: '/accounts', label: t('nav.accounts') },
    { href: '/exceptions', label: t('nav.exceptions') },
    { href: '/standard', label: t('nav.standard') },
    { href: '/frameworks', label: t('nav.frameworks') },
    { href: '/access-keys', label: t('nav.accessKeys') },
    { href: '/waf', label: t('nav.waf') },
    { href: '/coverage', label: t('nav.coverage') },
    { href: '/sources', label: t('nav.sources') },
    { href: '/imports', label: t('nav.imports'), also: t('palette.import') },
    { href: '/settings', label: t('nav.settings') },
  ].map(page => ({ also: '', ...page, key: page.href, group: 'pages' as const }))
  const ofSettings = settings.map(page => ({
    key: `/settings/${page}`,
    group: 'settings' as const,
    href: `/settings/${page}`,
    label: t(`settings.${page}.title`),
    also: t(`settings.${page}.lead`),
  }))
  const text = wanted.toLowerCase()
  return [...pages, ...(text === '' ? [] : ofSettings)]
    .filter(({ label, also }) => `${label} ${also}`.toLowerCase().includes(text))
    .map(({ also: _also, ...hit }) => hit)
}
