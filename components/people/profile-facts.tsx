import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { Role } from '@/lib/domain/people/role'
import type { TeamId } from '@/lib/domain/people/team'
import { TeamNames } from '../teams/teams-context'

interface ProfileFactsProps {
  email: string
  role: Role
  teams: readonly TeamId[]
  accounts: 'all' | readonly string[]
}

/** Facts that only an administrator can change. */
export function ProfileFacts({ email, role, teams, accounts }: ProfileFactsProps) {
  const t = useTranslations()
  const separator = t('settings.scope.separator')
  const facts: [string, ReactNode][] = [
    [t('settings.members.email'), email],
    [t('settings.members.role'), t(`roles.${role}`)],
    [t('settings.members.teams'), <TeamNames key="teams" ids={teams} separator={separator} />],
    [t('settings.scope.title'), accounts === 'all' ? t('settings.scope.all') : accounts.join(separator)],
  ]
  return (
    <dl className="mb-4 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-1">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
