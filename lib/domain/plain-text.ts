import { z } from 'zod'

/** Text that a person writes, trimmed. NUL and halves of surrogate pairs, which PostgreSQL cannot store, are left out. */
export function plainText(max: number) {
  return z
    .string()
    .overwrite(text => text.replace(/\0|\p{Surrogate}/gu, '').trim())
    .max(max)
}
