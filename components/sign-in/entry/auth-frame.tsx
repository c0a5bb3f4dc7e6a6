import type { ComponentProps, ReactNode } from 'react'
import { LanguageSwitch } from '../../frame/language-switch'
import { Logo } from '../../frame/logo'

interface AuthFrameProps {
  children: ReactNode
  setLanguage: ComponentProps<typeof LanguageSwitch>['setLanguage']
}

/** The frame of pages for those who have not signed in. */
export function AuthFrame({ children, setLanguage }: AuthFrameProps) {
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-sm flex-col px-4 py-6">
      <header className="flex items-center justify-between">
        <Logo />
        <LanguageSwitch setLanguage={setLanguage} />
      </header>
      <main className="flex flex-1 flex-col justify-center gap-4 pb-16">{children}</main>
    </div>
  )
}
