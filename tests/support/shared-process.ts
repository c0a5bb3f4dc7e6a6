import { inject } from 'vitest'
import { setClock } from '../../lib/clock'
import { env } from '../../lib/env'
import { freshDatabase } from './postgres'

// Test files that share a process run one after the other, each with its own database and clock.
process.env.DATABASE_URL = await freshDatabase({ adminUrl: inject('adminUrl'), templateUrl: inject('templateUrl') })
process.env.HINOMI_SECRET ??= 'a secret that only the tests know'
env().DATABASE_URL = process.env.DATABASE_URL
setClock()
