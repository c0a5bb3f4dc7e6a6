'use client'

import { type ActionResult, CANCELLED } from '../ui/action-result'

type Ask = () => Promise<boolean>
let asker: Ask | null = null
const waiting = new Set<() => void>()

// A clicked element hydrates before the rest of the page: the dialog may follow a moment later.
const PATIENCE_MS = 5000

/** Registers the dialog that asks readers to confirm their identity. Returns a function that removes it. */
export function askBy(ask: Ask): () => void {
  asker = ask
  for (const go of waiting) go()
  return () => {
    if (asker === ask) asker = null
  }
}

/**
 * Wraps a server action that may answer `not_recent`: the reader is asked to confirm their identity, and the action is
 * sent again with the same input. Answers `cancelled` without a message if the dialog is closed.
 */
export function verifyFirst<Input, T>(run: (input: Input) => Promise<ActionResult<T>>) {
  return async (input: Input): Promise<ActionResult<T>> => {
    const result = await run(input)
    if (result.ok || result.code !== 'not_recent') return result
    const ask = asker ?? (await nextAsker())
    if (!ask) return result
    return (await ask()) ? run(input) : { ok: false, code: CANCELLED, message: '' }
  }
}

async function nextAsker(): Promise<Ask | null> {
  await new Promise<void>(resolve => {
    const go = () => {
      waiting.delete(go)
      resolve()
    }
    waiting.add(go)
    setTimeout(go, PATIENCE_MS)
  })
  return asker
}
