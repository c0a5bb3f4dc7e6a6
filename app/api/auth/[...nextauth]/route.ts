import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { clientIp } from '@/lib/access/peer'
import { answerError } from '@/lib/route'
import { guard } from './guard'
import { authOptions } from './options'

interface Context {
  params: Promise<{ nextauth: string[] }>
}

async function handler(request: NextRequest, context: Context): Promise<Response> {
  try {
    const guarded = await guard(request, (await context.params).nextauth)
    if (guarded instanceof Response) return guarded
    return await NextAuth(guarded, context, authOptions(clientIp(request.headers)))
  } catch (error) {
    return answerError(request, error)
  }
}

export { handler as DELETE, handler as GET, handler as HEAD, handler as PATCH, handler as POST, handler as PUT }
