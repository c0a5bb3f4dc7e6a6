import { cookies } from 'next/headers'
import { type ReactNode, Suspense } from 'react'
import { DraftsOfMember } from '@/components/frame/drafts-of-member'
import { HealthBanner } from '@/components/frame/health-banner'
import { LanguageSwitch } from '@/components/frame/language-switch'
import { Logo } from '@/components/frame/logo'
import { MeMenu } from '@/components/frame/me-menu'
import { MineBadge } from '@/components/frame/mine-badge'
import { NavDrawer } from '@/components/frame/nav-drawer'
import { NavLabel } from '@/components/frame/nav-label'
import { NavLinks } from '@/components/frame/nav-links'
import { SkipLink } from '@/components/frame/skip-link'
import { ThemeSwitch } from '@/components/frame/theme-switch'
import { WaitingBadge } from '@/components/frame/waiting-badge'
import { KeepCurrent } from '@/components/notices/keep-current'
import { NoticeBanner } from '@/components/notices/notice-banner'
import { CommandPalette } from '@/components/palette/command-palette'
import { TeamsProvider } from '@/components/teams/teams-context'
import { KeepFocus } from '@/components/ui/focus/keep-focus'
import { VerifyDialog } from '@/components/verify/verify-dialog'
import { currentMember, requireAccess } from '@/lib/access/access'
import { hostCookieName } from '@/lib/access/session/host-cookie'
import { noticesReadHere } from '@/lib/access/session/notices-cookie'
import { passwordsAllowed } from '@/lib/access/sign-in/password'
import { providerNames } from '@/lib/access/sign-in/providers'
import { requestRelyingParty } from '@/lib/access/sign-in/relying-party'
import { themeCookie, toTheme } from '@/lib/domain/people/theme'
import { currentHealth } from '@/lib/health/health'
import { sidebarBadges, waitingExceptions } from '@/lib/queries/badges'
import { listUnreadNotices } from '@/lib/queries/people/notices'
import { hasPasskeys } from '@/lib/queries/sign-in/passkeys'
import { listTeams } from '@/lib/queries/teams/teams'
import {
  beginPasskeyVerification,
  confirmNotices,
  search,
  setLanguage,
  setTheme,
  signOut,
  verify,
  verifyPasskey,
} from './actions'
import { settingsPages } from './settings/pages'

async function Badges() {
  const access = await requireAccess('findings:read')
  return <MineBadge {...(await sidebarBadges(access))} />
}

async function Waiting() {
  const access = await requireAccess('findings:read')
  return <WaitingBadge count={await waitingExceptions(access)} />
}

async function UnreadNotices() {
  const [access, member] = await Promise.all([requireAccess(), currentMember()])
  if (!member) return null
  const notices = await listUnreadNotices(access, member.session, await noticesReadHere(member.id))
  return notices.length > 0 ? <NoticeBanner notices={notices} confirm={confirmNotices} /> : null
}

async function Verification() {
  const [access, member, party] = await Promise.all([requireAccess(), currentMember(), requestRelyingParty()])
  if (!member) return null
  const usesPasskeys = typeof party !== 'string' && (await hasPasskeys(access))
  return (
    <VerifyDialog
      email={member.email}
      byPassword={member.hasPassword && passwordsAllowed()}
      providers={providerNames()}
      verify={verify}
      passkey={usesPasskeys ? { begin: beginPasskeyVerification, answer: verifyPasskey } : null}
    />
  )
}

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const [member, jar, health] = await Promise.all([currentMember(), cookies(), currentHealth()])
  if (!member) return children
  const teams = await listTeams(await requireAccess())
  const badges = (
    <Suspense fallback={null}>
      <Badges />
    </Suspense>
  )
  const waiting = (
    <Suspense fallback={null}>
      <Waiting />
    </Suspense>
  )
  return (
    <TeamsProvider teams={teams}>
      <div className="min-h-dvh md:grid md:grid-cols-[13.5rem_minmax(0,1fr)] print:block print:min-h-0">
        <SkipLink />
        <DraftsOfMember me={member.id} />
        <NavLabel className="sticky top-0 hidden h-dvh flex-col gap-3 overflow-y-auto border-border border-e px-2 py-3.5 md:flex print:hidden">
          <Logo />
          <NavLinks teams={member.teams} badges={badges} waiting={waiting} />
        </NavLabel>
        <div className="flex min-w-0 flex-col">
          <header className="flex items-center gap-2 border-border border-b px-3 py-2 md:px-6 print:hidden">
            <NavDrawer teams={member.teams} badges={badges} waiting={waiting} />
            <CommandPalette search={search} teams={member.teams} settings={await settingsPages()} />
            <span className="flex-1 max-sm:hidden" />
            <LanguageSwitch setLanguage={setLanguage} />
            <ThemeSwitch theme={toTheme(jar.get(hostCookieName(themeCookie))?.value)} setTheme={setTheme} />
            <MeMenu name={member.name} email={member.email} signOut={signOut} />
          </header>
          <div className="print:hidden">
            <HealthBanner known={health} isOperator={member.role === 'admin' || member.role === 'lead'} />
            <Suspense fallback={null}>
              <UnreadNotices />
            </Suspense>
          </div>
          <Suspense fallback={null}>
            <Verification />
          </Suspense>
          <KeepCurrent />
          <KeepFocus />
          <main id="content" tabIndex={-1} className="flex-1 px-3 pt-4 pb-12 outline-none md:px-6 md:pt-5">
            {children}
          </main>
        </div>
      </div>
    </TeamsProvider>
  )
}
