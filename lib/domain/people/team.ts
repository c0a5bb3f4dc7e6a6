import { z } from 'zod'

export const teams = ['sre', 'csirt', 'cit'] as const
export const Team = z.enum(teams)
export type Team = z.infer<typeof Team>

export const environments = ['production', 'staging', 'development', 'sandbox', 'shared'] as const
export const Environment = z.enum(environments)
export type Environment = z.infer<typeof Environment>
