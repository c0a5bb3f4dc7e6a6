import { answer, type Json, operation, problems, queryOf } from '../api/document-parts'
import { EntrancesQuery } from '../api/query'

/** The paths of entrances in the OpenAPI document. */
export function entrancePaths(): Json {
  return {
    '/entrances': {
      get: operation(
        'listEntrances',
        'List public endpoints with their place on the ladder of AWS WAF, the worst first',
        'findings:read',
        {
          parameters: queryOf(EntrancesQuery),
          responses: { 200: answer('Entrances'), ...problems(409) },
        },
      ),
    },
  }
}
