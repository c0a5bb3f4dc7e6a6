import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { clientIp } from '@/lib/access/network/peer'
import { browserCookie } from '@/lib/access/session/known-browser'
import { signingBrowser } from '@/lib/access/session/session'
import { oidcProviders } from '@/lib/access/sign-in/providers'
import { answerError } from '@/lib/route'
import { guard } from './guard'
import { authOptions } from './options'

interface Context {
  params: Promise<{ nextauth: string[] }>
}

async function handler(request: NextRequest, context: Context): Promise<Response> {
  try {
    const segments = (await context.params).nextauth
    const guarded = await guard(request, segments)
    if (guarded instanceof Response) return guarded
    let member: string | null = null
    const browser = await signingBrowser(request.headers)
    const remember = (id: string) => {
      member = id
    }
    const providers = await oidcProviders(segments[1])
    const options = authOptions(clientIp(request.headers), browser, providers, remember)
    const answer: Response = await NextAuth(guarded, context, options)
    if (member) answer.headers.append('set-cookie', browserCookie(member, browser.known))
    return answer
  } catch (error) {
    return answerError(request, error)
  }
}

export {
  handler as DELETE,
  handler as GET,
  handler as HEAD,
  handler as OPTIONS,
  handler as PATCH,
  handler as POST,
  handler as PUT,
}
