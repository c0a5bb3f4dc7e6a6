'use client'

import { Drawer } from '@heroui/react'
import { Menu as MenuIcon, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import type { TeamId } from '@/lib/domain/people/team'
import { Button } from '../ui/button'
import { NavLinks } from './nav-links'

interface NavDrawerProps {
  teams: readonly TeamId[]
  badges: ReactNode
  waiting: ReactNode
}

/** The navigation on a narrow screen: behind a button. */
export function NavDrawer({ teams, badges, waiting }: NavDrawerProps) {
  const t = useTranslations('frame')
  const [open, setOpen] = useState(false)
  return (
    <div className="md:hidden">
      <Button variant="ghost" isIconOnly aria-label={t('openNavigation')} onPress={() => setOpen(true)}>
        <MenuIcon aria-hidden />
      </Button>
      <Drawer.Backdrop isOpen={open} onOpenChange={setOpen}>
        <Drawer.Content placement="left">
          <Drawer.Dialog aria-label={t('navigation')} className="w-72 gap-3">
            <div className="flex justify-end">
              <Button variant="ghost" isIconOnly aria-label={t('closeNavigation')} onPress={() => setOpen(false)}>
                <X aria-hidden />
              </Button>
            </div>
            <nav aria-label={t('navigation')}>
              <NavLinks teams={teams} badges={badges} waiting={waiting} onNavigate={() => setOpen(false)} />
            </nav>
          </Drawer.Dialog>
        </Drawer.Content>
      </Drawer.Backdrop>
    </div>
  )
}
