import { useTranslations } from 'next-intl'
import type { Role } from '@/lib/domain/people/role'
import type { Team } from '@/lib/domain/people/team'

interface ProfileFactsProps {
  email: string
  role: Role
  teams: readonly Team[]
  accounts: 'all' | readonly string[]
}

/** What only an administrator can change. */
export function ProfileFacts({ email, role, teams, accounts }: ProfileFactsProps) {
  const t = useTranslations()
  const separator = t('settings.scope.separator')
  const facts = [
    [t('settings.members.email'), email],
    [t('settings.members.role'), t(`roles.${role}`)],
    [t('settings.members.teams'), teams.map(team => t(`teams.${team}`)).join(separator)],
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
