import { z } from 'zod'
import { Environment } from '../people/team'
import { filledText, lineText, plainText } from '../text/plain-text'
import { StandardLimits } from './limits'
import { standardRows } from './rows'

const RowId = z.string().refine(id => standardRows.some(row => row.id === id), 'unknownCheck')

/** A check that is switched off in an environment, or everywhere, and why. */
export const StandardSwitch = z.strictObject({
  check: RowId,
  environment: z.union([Environment, z.literal('unset')]).nullable(),
  reason: filledText(500),
})
export type StandardSwitch = z.infer<typeof StandardSwitch>

/** The settings of an organization for the checks of its usage standard. */
export const StandardPolicy = z.strictObject({
  limits: StandardLimits,
  off: z.array(StandardSwitch).max(500),
})
export type StandardPolicy = z.infer<typeof StandardPolicy>

export const defaultStandardPolicy: StandardPolicy = { limits: StandardLimits.parse({}), off: [] }

export const SaveStandardPolicy = z.strictObject({ policy: StandardPolicy, seen: z.string().nullable() })
export type SaveStandardPolicy = z.infer<typeof SaveStandardPolicy>

const Localized = (text: z.ZodString) => z.strictObject({ ja: text, en: text })

/** The page that an organization publishes. Without a text of its own it shows the checks alone. */
export const StandardPage = z.strictObject({
  title: Localized(lineText(120)),
  introduction: Localized(plainText(5000)),
  published: z.boolean(),
})
export type StandardPage = z.infer<typeof StandardPage>

export const emptyStandardPage: StandardPage = {
  title: { ja: '', en: '' },
  introduction: { ja: '', en: '' },
  published: false,
}

export const SaveStandardPage = z.strictObject({ page: StandardPage, seen: z.string().nullable() })
export type SaveStandardPage = z.infer<typeof SaveStandardPage>

/** The switch that turns a check off in an environment; one of the environment itself goes before one of all. */
export function switchOf(
  { off }: Pick<StandardPolicy, 'off'>,
  check: string,
  environment: Environment | null,
): StandardSwitch | null {
  const own = off.filter(each => each.check === check)
  return (
    own.find(each => each.environment === (environment ?? 'unset')) ??
    own.find(each => each.environment === null) ??
    null
  )
}

/** A setting of the standard as it is stored, with who changed it last. */
export const StandardSetting = z.object({
  value: z.unknown(),
  version: z.string(),
  at: z.iso.datetime(),
  by: z.string(),
})
export type StandardSetting = z.infer<typeof StandardSetting>

/** Checks of Hinomi that are switched off in an environment. */
export function checksOff(policy: StandardPolicy, environment: Environment | null): ReadonlySet<string> {
  const off = standardRows.filter(({ id }) => switchOf(policy, id, environment) !== null)
  return new Set(off.flatMap(({ checks }) => checks))
}
