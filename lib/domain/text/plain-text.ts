import { z } from 'zod'

/**
 * Limits a text to `max` characters, also in JSON Schema, which counts code points where `length` counts UTF-16 units:
 * https://json-schema.org/draft/2020-12/json-schema-validation#section-6.3.1
 */
export function atMost<S extends z.ZodString>(schema: S, max: number): S {
  const limited = schema.check(ctx => {
    if (ctx.value.length <= max || [...ctx.value].length <= max) return
    ctx.issues.push({ code: 'too_big', origin: 'string', maximum: max, inclusive: true, input: ctx.value })
  })
  return limited.meta({ maxLength: max })
}

/**
 * Text that a person writes, trimmed. NUL and halves of surrogate pairs, which PostgreSQL cannot store, are left out.
 */
export function plainText(max: number) {
  const cleaned = z.string().overwrite(text => text.replace(/\0|\p{Surrogate}/gu, '').trim())
  return atMost(cleaned, max)
}

/**
 * A character with a glyph: no white space, control, format character, invisible letter or blank pattern of Braille. Written without
 * properties, for readers of the document.
 */
const VISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are some of what it leaves out
  /[^\s\u0000-\u001F\u007F-\u009F\u00AD\u061C\u115F\u1160\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\u2800\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]/u
/** Tags of languages, which are invisible too (https://www.unicode.org/charts/PDF/UE0000.pdf), and the grapheme joiner. */
const TAGS = /[\u{E0000}-\u{E007F}]|\u034F/gu

/** The same, but with something to see: a reason of invisible characters is none. */
export function filledText(max: number) {
  const filled = plainText(max).check(ctx => {
    if (VISIBLE.test(ctx.value.replace(TAGS, ''))) return
    ctx.issues.push({ code: 'too_small', origin: 'string', minimum: 1, inclusive: true, input: ctx.value })
  })
  return filled.meta({ minLength: 1, pattern: VISIBLE.source })
}

/** Control and format characters (including bidirectional ones), line breaks, and invisible letters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]|\u034F/gu

/** A display name, trimmed. Refuses characters that could reverse, hide or break the text around it. */
export function lineText(max: number) {
  return plainText(max).refine(isLine, 'hiddenCharacters')
}

/** The same, but with something to see. */
export function filledLine(max: number) {
  return filledText(max).refine(isLine, 'hiddenCharacters')
}

function isLine(text: string): boolean {
  return text.search(HIDDEN) === -1
}

/** The same for text that nobody can correct: hidden characters become spaces. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '')
    .replace(HIDDEN, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
}
