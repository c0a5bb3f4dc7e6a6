import 'server-only'
import type { NoteWords } from '../../domain/collection/write-back/decision'
import type { NoteLanguage } from '../../domain/collection/write-back/settings'
import { env } from '../../env'
import { noteTranslator } from '../../locale'

/** The words of notes in Security Hub, in one language. */
export async function noteWords(language: NoteLanguage): Promise<NoteWords> {
  const t = await noteTranslator(language)
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: env().HINOMI_TIME_ZONE })
  return {
    status: status => t(status),
    owner: name => t('owner', { name }),
    until: (date, exception) => t('until', { date: format.format(date), exception }),
  }
}
