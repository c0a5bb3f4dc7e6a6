import 'server-only'
import { cookies } from 'next/headers'
import { preferenceCookie } from './preference-cookie'

const NAME = 'hinomi-notices'
const VALUE = /^([0-9a-f-]{36})\.(\d{1,15})$/

/** Up to when a member has read in this browser what happened to their account; null where they have read nothing. */
export async function noticesReadHere(member: string): Promise<Date | null> {
  const [, whose, at] = VALUE.exec((await cookies()).get(NAME)?.value ?? '') ?? []
  return whose === member ? new Date(Number(at)) : null
}

export async function keepNoticesRead(member: string, at: Date): Promise<void> {
  const jar = await cookies()
  jar.set(NAME, `${member}.${at.getTime()}`, { ...preferenceCookie(), httpOnly: true })
}
