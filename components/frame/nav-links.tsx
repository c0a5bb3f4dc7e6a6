'use client'

import {
  Antenna,
  Building2,
  ClipboardCheck,
  Download,
  House,
  KeyRound,
  ListChecks,
  Radar,
  Settings,
  ShieldCheck,
  ShieldQuestion,
  UserCheck,
} from 'lucide-react'
import Link from 'next/link'
import { usePathname, useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { TeamId } from '@/lib/domain/people/team'
import { mineHref } from '../findings/list/finding-params'
import { teamHref } from '../teams/team-param'
import { useTeamName } from '../teams/teams-context'

interface NavLinksProps {
  teams: readonly TeamId[]
  badges: ReactNode
  /** How many exceptions wait for the reader. */
  waiting: ReactNode
  onNavigate?: () => void
}

interface Entry {
  href: string
  label: string
  icon: ReactNode
  current: boolean
  badge?: ReactNode
}

/** The places of the product, with the reader's own work marked. */
export function NavLinks({ teams, badges, waiting, onNavigate }: NavLinksProps) {
  const t = useTranslations('nav')
  const teamName = useTeamName()
  const path = usePathname()
  const mine = useSearchParams().get('owner') === 'me'
  const icon = 'size-4 shrink-0'
  const entries: Entry[] = [
    ...teams.map(id => ({
      href: teamHref(id),
      label: t('home', { team: teamName(id) }),
      icon: <House aria-hidden className={icon} />,
      current: path === teamHref(id),
    })),
    {
      href: mineHref,
      label: t('mine'),
      icon: <UserCheck aria-hidden className={icon} />,
      current: path === '/findings' && mine,
      badge: badges,
    },
    {
      href: '/findings',
      label: t('findings'),
      icon: <ListChecks aria-hidden className={icon} />,
      current: path.startsWith('/findings') && !(path === '/findings' && mine),
    },
    {
      href: '/accounts',
      label: t('accounts'),
      icon: <Building2 aria-hidden className={icon} />,
      current: path.startsWith('/accounts'),
    },
    {
      href: '/exceptions',
      label: t('exceptions'),
      icon: <ShieldQuestion aria-hidden className={icon} />,
      current: path.startsWith('/exceptions'),
      badge: waiting,
    },
    {
      href: '/standard',
      label: t('standard'),
      icon: <ShieldCheck aria-hidden className={icon} />,
      current: path.startsWith('/standard'),
    },
    {
      href: '/frameworks',
      label: t('frameworks'),
      icon: <ClipboardCheck aria-hidden className={icon} />,
      current: path.startsWith('/frameworks'),
    },
    {
      href: '/access-keys',
      label: t('accessKeys'),
      icon: <KeyRound aria-hidden className={icon} />,
      current: path.startsWith('/access-keys'),
    },
    {
      href: '/waf',
      label: t('waf'),
      icon: <ShieldCheck aria-hidden className={icon} />,
      current: path.startsWith('/waf'),
    },
    {
      href: '/coverage',
      label: t('coverage'),
      icon: <Radar aria-hidden className={icon} />,
      current: path.startsWith('/coverage'),
    },
    {
      href: '/sources',
      label: t('sources'),
      icon: <Antenna aria-hidden className={icon} />,
      current: path.startsWith('/sources'),
    },
    {
      href: '/imports',
      label: t('imports'),
      icon: <Download aria-hidden className={icon} />,
      current: path.startsWith('/imports'),
    },
    {
      href: '/settings',
      label: t('settings'),
      icon: <Settings aria-hidden className={icon} />,
      current: path.startsWith('/settings'),
    },
  ]
  return (
    <ul className="flex flex-col gap-0.5">
      {entries.map(entry => (
        <li key={entry.href}>
          <Link
            href={entry.href}
            {...(onNavigate ? { onClick: onNavigate } : {})}
            {...(entry.current ? { 'aria-current': 'page' as const } : {})}
            className="flex min-h-8 flex-wrap items-center justify-between gap-x-1 rounded-xl px-2.5 py-1.5 text-muted hover:bg-default hover:text-foreground aria-[current=page]:bg-accent-soft aria-[current=page]:font-semibold aria-[current=page]:text-accent-soft-foreground"
          >
            <span className="flex min-w-0 items-center gap-2">
              {entry.icon}
              <span className="min-w-0">{entry.label}</span>
            </span>
            {entry.badge ?? null}
          </Link>
        </li>
      ))}
    </ul>
  )
}
