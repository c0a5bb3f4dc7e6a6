import { z } from 'zod'
import { type Json, meanings, problems, toSchema } from './document-parts'

/** The answer to an event that was stored, or was known before. */
const EventAnswer = z.object({ stored: z.int().min(0), known: z.int().min(0), refused: z.int().min(0) })

/** The key of a connection, which API destinations of EventBridge send. */
export const eventSecurity: Json = {
  eventKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-hinomi-key',
    description:
      'A key of an AWS connection, created on its page. Messages of SNS need none: their signature is verified',
  },
}

/** The path that receives events of AWS in the OpenAPI document. */
export function eventPaths(): Json {
  return {
    '/events': {
      post: {
        operationId: 'sendEvent',
        summary: 'Send an event of EventBridge, or a message of SNS',
        description:
          'For API destinations of EventBridge and for SNS: events about findings and compliance, as the rule of the template for EventBridge selects them. An event is stored before the answer, and only once.',
        security: [{ eventKey: [] }],
        requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
        responses: {
          202: {
            description: meanings[202],
            content: { 'application/json': { schema: toSchema(EventAnswer, 'output') } },
          },
          ...problems(413, 507),
        },
      },
    },
  }
}
