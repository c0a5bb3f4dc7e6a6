import { headers } from 'next/headers'
import type { Access } from '@/lib/access/proof'
import { log } from '@/lib/log'
import { recordOpening } from '@/lib/store/feeds/openings'

/** Records in the background that the reader opens these sources or services. A page that is only fetched ahead is not opened. */
export async function noteOpening(access: Access<'findings:read'>, sources: readonly string[]): Promise<void> {
  if (sources.length === 0 || (await headers()).has('next-router-prefetch')) return
  void recordOpening(access, sources).catch(error => log.warn({ err: error }, 'a visit could not be recorded'))
}
