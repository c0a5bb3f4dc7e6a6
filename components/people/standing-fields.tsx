'use client'

import { useTranslations } from 'next-intl'
import { type Role, roles } from '@/lib/domain/people/role'
import type { TeamId } from '@/lib/domain/people/team'
import type { AccountName, Scope } from '@/lib/domain/people/views'
import { useTeamOptions } from '../teams/teams-context'
import { Checkbox } from '../ui/forms/checkbox'
import { Select } from '../ui/forms/select'
import { ScopeFields } from './scope-fields'

export interface Standing extends Scope {
  role: Role
  teams: TeamId[]
}

interface StandingFieldsProps {
  value: Standing
  onChange: (value: Standing) => void
  accounts: readonly AccountName[]
  errorOf: (field: string) => string | null
}

/** Role, teams and visible accounts of a member. */
export function StandingFields({ value, onChange, accounts, errorOf }: StandingFieldsProps) {
  const t = useTranslations()
  const teams = useTeamOptions()
  const admin = value.role === 'admin'
  function choose(id: string) {
    const role = roles.find(known => known === id) ?? value.role
    onChange({ ...value, role, limited: role === 'admin' ? false : value.limited })
  }
  function toggle(team: TeamId, on: boolean) {
    const chosen = teams.filter(({ id }) => (id === team ? on : value.teams.includes(id)))
    onChange({ ...value, teams: chosen.map(({ id }) => id) })
  }
  const teamsError = errorOf('teams')
  return (
    <>
      <Select
        label={t('settings.members.role')}
        value={value.role}
        options={roles.map(id => ({ id, label: t(`roles.${id}`) }))}
        onChange={choose}
        description={t(`roles.explain.${value.role}`)}
        error={errorOf('role')}
      />
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-medium">{t('settings.members.teams')}</legend>
        <div className="flex flex-wrap gap-x-5 gap-y-1">
          {teams.map(({ id, label }) => (
            <Checkbox key={id} label={label} checked={value.teams.includes(id)} onChange={on => toggle(id, on)} />
          ))}
        </div>
        {teamsError ? (
          <p role="alert" className="text-bad text-sm">
            {teamsError}
          </p>
        ) : null}
      </fieldset>
      <ScopeFields
        value={value}
        onChange={({ limited, accounts: chosen }) => onChange({ ...value, limited, accounts: chosen })}
        known={accounts}
        error={errorOf('accounts')}
        disabled={admin}
        {...(admin ? { hint: t('settings.scope.adminHint') } : {})}
      />
    </>
  )
}
