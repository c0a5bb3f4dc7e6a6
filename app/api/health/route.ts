import { currentHealth } from '@/lib/health/health'
import { healthTranslator, negotiateLocale } from '@/lib/locale'
import { json, refuseOthers } from '@/lib/route'

/** Whether Hinomi works, and what is wrong. Open to anyone, so it names no hosts, versions or data. */
export async function GET(request: Request): Promise<Response> {
  const { status, reasons } = await currentHealth()
  const text = await healthTranslator(negotiateLocale(request.headers.get('accept-language')))
  const body = { status, reasons: reasons.map(({ code, since }) => ({ code, text: text(code), since })) }
  return json(body, status === 'down' ? 503 : 200, { vary: 'accept-language' })
}

export const dynamic = 'force-dynamic'

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
