'use client'

import { LogOut, UserRound } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useTransition } from 'react'
import { removeDrafts } from '../ui/forms/drafts'
import { Menu } from '../ui/overlays/menu'

interface MeMenuProps {
  name: string
  email: string
  signOut: () => Promise<void>
}

/** The reader's menu: profile and sign-out. */
export function MeMenu({ name, email, signOut }: MeMenuProps) {
  const t = useTranslations('frame')
  const [, start] = useTransition()
  async function leave() {
    removeDrafts()
    try {
      await signOut()
    } finally {
      // A full page load, whose response makes the browser clear the data of this site (proxy.ts). Without a connection
      // the browser's error page replaces the content.
      window.location.replace('/sign-in?signedOut')
    }
  }
  return (
    <Menu
      label={t('me', { name })}
      iconOnly
      trigger={
        <span
          aria-hidden
          className="grid size-6 place-items-center rounded-full bg-accent font-semibold text-2xs text-accent-foreground"
        >
          {[...(name || email)][0]?.toUpperCase()}
        </span>
      }
      items={[
        {
          id: 'profile',
          label: t('profile'),
          icon: <UserRound aria-hidden className="size-4" />,
          href: '/settings/profile',
        },
        {
          id: 'sign-out',
          label: t('signOut'),
          icon: <LogOut aria-hidden className="size-4" />,
          onAction: () => start(leave),
        },
      ]}
    />
  )
}
