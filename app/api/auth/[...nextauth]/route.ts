import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { clientIp } from '@/lib/access/peer'
import { signingBrowser } from '@/lib/access/session'
import { authOptions } from './options'

interface Context {
  params: Promise<{ nextauth: string[] }>
}

async function handler(request: NextRequest, context: Context): Promise<Response> {
  return NextAuth(request, context, authOptions(clientIp(request.headers), await signingBrowser(request.headers)))
}

export { handler as GET, handler as POST }
