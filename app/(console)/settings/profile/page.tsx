import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { NoticeTable } from '@/components/notices/notice-table'
import { ProfileFacts } from '@/components/people/profile-facts'
import { ProfileForm } from '@/components/people/profile-form'
import { EndSessions } from '@/components/sign-in/end-sessions'
import { PasswordForm } from '@/components/sign-in/password-form'
import { SessionTable } from '@/components/sign-in/session-table'
import { TwoStep } from '@/components/sign-in/two-step'
import { PageShell } from '@/components/ui/layout/page-shell'
import { Panel } from '@/components/ui/layout/panel'
import { currentMember, requireAccess } from '@/lib/access/access'
import { passwordsAllowed } from '@/lib/access/sign-in/password'
import { isLocale } from '@/lib/locale'
import { listNotices } from '@/lib/queries/people/notices'
import { getOwnFactors } from '@/lib/queries/sign-in/second-factors'
import { listOwnSessions } from '@/lib/queries/sign-in/sessions'
import { endSession, endSessions, savePassword, saveProfile } from './actions'
import { OwnTokens } from './own-tokens'
import { PasskeySection } from './passkey-section'
import { beginApp, confirmApp, makeCodes, removeApp } from './two-step-actions'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('settings.profile')
  return { title: t('title') }
}

export default async function ProfilePage() {
  const access = await requireAccess()
  const [member, factors, t, twoStep, tNotices] = await Promise.all([
    currentMember(),
    getOwnFactors(access),
    getTranslations('settings.profile'),
    getTranslations('twoStep'),
    getTranslations('notices'),
  ])
  if (!member) return null
  const [sessions, notices] = await Promise.all([listOwnSessions(access, member.session), listNotices(access)])
  const { name, email, role, teams, accounts, locale, hasPassword } = member
  return (
    <PageShell title={t('title')}>
      <Panel title={t('you')} id="you">
        <ProfileFacts email={email} role={role} teams={teams} accounts={accounts} />
        <ProfileForm name={name} locale={isLocale(locale) ? locale : null} save={saveProfile} />
      </Panel>
      <OwnTokens />
      <Panel title={t('password')} id="password">
        {hasPassword && passwordsAllowed() ? (
          <PasswordForm email={email} save={savePassword} />
        ) : (
          <p>{t(passwordsAllowed() ? 'noPassword' : 'passwordsOff')}</p>
        )}
      </Panel>
      <PasskeySection email={email} />
      <Panel title={twoStep('title')} id="two-step">
        <TwoStep
          email={email}
          factors={factors}
          usesPassword={hasPassword && passwordsAllowed()}
          actions={{ begin: beginApp, confirm: confirmApp, remove: removeApp, makeCodes }}
        />
      </Panel>
      <Panel title={t('sessions')} id="sessions">
        <p className="mb-3 text-muted">{t('sessionsText')}</p>
        <SessionTable rows={sessions} end={endSession} />
        <div className="mt-3">
          <EndSessions end={endSessions} />
        </div>
      </Panel>
      <Panel title={tNotices('activity')} id="activity">
        <NoticeTable notices={notices} byPassword={hasPassword && passwordsAllowed()} />
      </Panel>
    </PageShell>
  )
}
