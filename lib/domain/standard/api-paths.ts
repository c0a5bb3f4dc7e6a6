import { answer, type Json, operation, problems, queryOf } from '../api/document-parts'
import { StandardQuery } from '../api/query'

export function standardPaths(): Json {
  return {
    '/standard': {
      get: operation(
        'listStandard',
        'List accounts with the state of each check of the usage standard, by name',
        'findings:read',
        {
          parameters: queryOf(StandardQuery),
          responses: { 200: answer('Standard'), ...problems(409) },
        },
      ),
    },
  }
}
