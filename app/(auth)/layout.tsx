import type { ReactNode } from 'react'
import { AuthFrame } from '@/components/sign-in/entry/auth-frame'
import { setLanguage } from './actions'

export default function AuthLayout({ children }: { children: ReactNode }) {
  return <AuthFrame setLanguage={setLanguage}>{children}</AuthFrame>
}
