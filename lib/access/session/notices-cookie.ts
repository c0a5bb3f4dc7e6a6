import 'server-only'
import { cookies } from 'next/headers'
import { hostCookieName } from './host-cookie'
import { preferenceCookie } from './preference-cookie'

const NAME = 'hinomi-notices'
const VALUE = /^([0-9a-f-]{36})\.(\d{1,15})$/

/** When the member last read the notices of their account in this browser; null for never. */
export async function noticesReadHere(member: string): Promise<Date | null> {
  const [, whose, at] = VALUE.exec((await cookies()).get(hostCookieName(NAME))?.value ?? '') ?? []
  return whose === member ? new Date(Number(at)) : null
}

export async function keepNoticesRead(member: string, at: Date): Promise<void> {
  const jar = await cookies()
  jar.set(hostCookieName(NAME), `${member}.${at.getTime()}`, preferenceCookie())
}
