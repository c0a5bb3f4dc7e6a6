import { z } from 'zod'

/** Text that a person writes, trimmed. NUL and halves of surrogate pairs, which PostgreSQL cannot store, are left out. */
export function plainText(max: number) {
  return z
    .string()
    .overwrite(text => text.replace(/\0|\p{Surrogate}/gu, '').trim())
    .max(max)
}

/** Control and format characters (bidirectional ones among them), line breaks, and letters that show nothing. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]|\u034F/gu

/** A name that stands for its bearer, trimmed. Refuses what could turn, hide or break the text around it. */
export function lineText(max: number) {
  return plainText(max).refine(text => text.search(HIDDEN) === -1, 'hiddenCharacters')
}

/** The same for text that nobody can be asked to change: hidden characters become spaces. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '')
    .replace(HIDDEN, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
}
