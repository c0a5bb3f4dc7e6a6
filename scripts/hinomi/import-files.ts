import { open } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Access } from '../../lib/access/proof'
import type { ImportQuery } from '../../lib/domain/imports/query'
import type { ImportDetail } from '../../lib/domain/imports/views'
import { AppError } from '../../lib/errors'
import { receiveUpload } from '../../lib/ingest/receive/receive'
import { attemptImport } from '../../lib/jobs/imports/attempt'
import {
  cliTranslator,
  errorSentence,
  errorTranslator,
  heldBackTranslator,
  type Locale,
  rejectTranslator,
  waitTranslator,
} from '../../lib/locale'
import { isOutage, outageError, outageOf } from '../../lib/outage'
import { getImport } from '../../lib/queries/imports/imports'

const POLL_MS = 200
const RETRY_MS = 5000
const SHOWN = 20

/**
 * Imports files one after the other, waits for each and prints its counts; an archive is one import per report in it. A
 * running worker imports them, otherwise this process. Returns 1 if a file could not be received or its import failed,
 * else 0.
 */
export async function importFiles(
  access: Access<'imports:write' | 'imports:read'>,
  files: readonly string[],
  options: ImportQuery,
  locale: Locale,
): Promise<number> {
  let exit = 0
  for (const file of files) {
    try {
      const path = resolve(process.env.HINOMI_CWD ?? process.cwd(), file)
      const received = await throughOutages(file, locale, async () =>
        receiveUpload(access, (await open(path)).createReadStream(), { ...options, fileName: basename(file) }),
      )
      const t = await cliTranslator(locale)
      const nameOf = (fileName: string | null) => (received.archive ? `${file}: ${fileName}` : file)
      for (const { fileName, reason } of received.skipped)
        process.stdout.write(`${nameOf(fileName)}: ${t('skipped', { reason })}\n`)
      for (const { id, fileName, duplicate } of received.imports) {
        const run = await ended(access, id, nameOf(fileName), locale)
        await print(nameOf(fileName), run, duplicate, locale)
        if (run.state === 'failed') exit = 1
      }
    } catch (error) {
      exit = 1
      process.stderr.write(`${file}: ${await sentenceOf(error, locale)}\n`)
    }
  }
  return exit
}

async function sentenceOf(error: unknown, locale: Locale): Promise<string> {
  if (error instanceof AppError) return errorSentence(await errorTranslator(locale), error)
  const code = error instanceof Error && 'code' in error ? error.code : null
  const t = await cliTranslator(locale)
  if (code === 'ENOENT') return t('noSuchFile') ?? ''
  return error instanceof Error ? error.message : String(error)
}

/** Runs `work`, repeatedly during an outage, which it reports. */
async function throughOutages<T>(file: string, locale: Locale, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const outage = outageOf(error)
      if (!outage) throw error
      const t = await cliTranslator(locale)
      const reason = errorSentence(await errorTranslator(locale), outageError(outage))
      process.stderr.write(`${file}: ${t('outage', { reason, seconds: RETRY_MS / 1000 })}\n`)
      await new Promise(wake => setTimeout(wake, RETRY_MS))
    }
  }
}

/** The ended import. While it waits, the reason is printed once. */
async function ended(
  access: Access<'imports:write' | 'imports:read'>,
  id: number,
  file: string,
  locale: Locale,
): Promise<ImportDetail> {
  let said: string | null = null
  for (let counted = true; ; ) {
    const { result } = await attemptImport(id, { counted })
    const outage = isOutage(result) ? result : null
    counted = outage === null
    const run = outage ? null : await throughOutages(file, locale, () => getImport(access, id))
    if (run && (run.state === 'done' || run.state === 'failed')) return run
    const reason = outage ?? run?.waits?.code ?? null
    if (reason && reason !== said) {
      const [t, sentenceOf] = [await cliTranslator(locale), await waitTranslator(locale)]
      process.stderr.write(`${file}: ${t('waits', { id, reason: sentenceOf(reason) })}\n`)
    }
    said = reason
    await new Promise(wake => setTimeout(wake, reason ? RETRY_MS : POLL_MS))
  }
}

async function print(file: string, run: ImportDetail, duplicate: boolean, locale: Locale): Promise<void> {
  const t = await cliTranslator(locale)
  const reason = await rejectTranslator(locale)
  const unclosed = await heldBackTranslator(locale)
  const lines = [
    `${file}: ${t(duplicate ? 'again' : run.state, { id: run.id })}`,
    `  ${t('counts', { ...run.counts })}`,
  ]
  if (run.error) lines.push(`  ${reason(run.error)}`)
  const places = new Map<string, number[]>()
  for (const reject of run.rejects.slice(0, SHOWN)) {
    const sentence = reason(reject)
    places.set(sentence, [...(places.get(sentence) ?? []), reject.index])
  }
  for (const [sentence, indexes] of places) lines.push(`  [${indexes.join(', ')}] ${sentence}`)
  if (run.counts.rejected > SHOWN) lines.push(`  ${t('moreRejects', { count: run.counts.rejected - SHOWN })}`)
  for (const held of run.heldBack.slice(0, SHOWN)) {
    const { accountId, product, reason: why, findings, checks, services } = held
    const place = [accountId, product].filter(Boolean).join(' ')
    lines.push(`  ${[place, unclosed(why, { findings, checks, services })].filter(Boolean).join(': ')}`)
  }
  if (run.heldBack.length > SHOWN) lines.push(`  ${t('moreHeldBack', { count: run.heldBack.length - SHOWN })}`)
  process.stdout.write(`${lines.join('\n')}\n`)
}
