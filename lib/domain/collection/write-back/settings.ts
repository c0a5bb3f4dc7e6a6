import { z } from 'zod'
import { RoleName } from '../connection'

/** The role that the template for writing back creates. */
const defaultWriteBackRole = 'HinomiWriteBack'

export const noteLanguages = ['ja', 'en'] as const
export type NoteLanguage = (typeof noteLanguages)[number]

/** The setting of a connection that was never changed. */
export const initialWriteBack = { enabled: false, roleName: defaultWriteBackRole, language: 'en' } as const

/**
 * Switches writing back on or off for a connection. Switching it on again tries at once what waits. `seen`: the values
 * that the form showed.
 */
export const SetWriteBack = z.strictObject({
  id: z.uuid(),
  enabled: z.boolean(),
  roleName: RoleName.default(defaultWriteBackRole),
  language: z.enum(noteLanguages).default('en'),
  seen: z.strictObject({ enabled: z.boolean(), roleName: z.string(), language: z.string() }),
})
export type SetWriteBack = z.infer<typeof SetWriteBack>
