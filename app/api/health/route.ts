import { pool } from '@/lib/db'
import { log } from '@/lib/log'
import { refuseOthers } from '@/lib/route'

const PATIENCE_MS = 2_000

/** Whether this process answers and reaches its database. Open to anyone, so it tells nothing else. */
export async function GET(): Promise<Response> {
  const headers = { 'cache-control': 'no-store' }
  try {
    await Promise.race([
      pool().query('SELECT 1'),
      new Promise((_resolve, reject) => setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS).unref()),
    ])
    return Response.json({ status: 'ok' }, { headers })
  } catch (error) {
    log.error({ err: error }, 'the database does not answer')
    return Response.json({ status: 'unavailable' }, { status: 503, headers })
  }
}

export const dynamic = 'force-dynamic'

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
