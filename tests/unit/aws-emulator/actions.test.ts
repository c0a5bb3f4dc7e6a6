import { expect, test } from 'vitest'
import { type OperationName, operationOf, operationsByPolicy } from '../../../lib/aws/operations'
import { actionsOf } from '../../support/aws/gateway/permissions'
import { clientOf } from '../../support/aws/wire/clients'

const names = Object.values(operationsByPolicy).flatMap(table => Object.keys(table)) as OperationName[]

/** The emulator has its own names of actions, so that a wrong one here or there is found. */
test.for(names)('the emulator asks for an action that Hinomi names for %s', async name => {
  const [service = '', operation = ''] = name.split(':')
  const shape = (await clientOf(service))?.operations.get(operation)
  expect(shape, 'the operation in the schemas of its client').toBeDefined()
  if (!shape) return
  const actions = actionsOf({ service, operation: shape, input: {}, http: { method: 'GET' } })
  expect(operationOf(name).iam).toEqual(expect.arrayContaining(actions))
})
